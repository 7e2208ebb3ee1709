import { html, nothing } from "../vendor/lit-html.js";
import { avatar } from "./avatar.js";
import { Component } from "./component.js";
import { t, tOr } from "./i18n.js";
import { icons } from "./icons.js";
import { qualityBars } from "./quality-bars.js";

/**
 * @typedef {object} TileData
 * @property {string} key of this tile among the others
 * @property {string} userID
 * @property {string} name
 * @property {string} picture the address of their portrait; empty for none
 * @property {boolean} self one's own
 * @property {boolean} screen a shared screen, not a face
 * @property {import("../sdk/participants.js").ParticipantState} state
 * @property {boolean} wanted the picture is asked for
 * @property {boolean | null} video the picture is there; null if nobody has said
 * @property {MediaStreamTrack | null} track one's own picture; of others null
 * @property {boolean} muted
 * @property {boolean} speaking
 * @property {boolean} paused the network has no room for the picture: it stands still
 * @property {number} quality from 0 unknown over 1 excellent to 6 down
 * @property {number} hand their place in the queue of raised hands, from 1; 0 for none
 * @property {string} reaction how they react just now, an emoji; empty for not
 * @property {boolean} host
 * @property {boolean} pinned
 * @property {string} caption below the face while there is no picture; empty for none
 * @property {string} named what stands in the corner; empty for nothing
 * @property {string} mark data-testid of the video
 * @property {boolean} pulsing they are on the way
 * @property {(() => void) | null} pin
 * @property {(() => void) | null} ringAgain
 * @property {import("./stage-layout.js").Role} role
 * @property {number} width of the tile, in pixels: who lays it out knows, and nothing has to be measured
 * @property {number} height
 */

/** From this quality on a tile says so. */
const WEAK = 4;
const DOWN = 6;
/** Shapes that differ by more than this are not cut to one another. */
const CUT = 2.4;
/** What fills a wide window is cut by a margin only: there it is the faces at the sides that would go. */
const CUT_WIDE = 1.2;

/**
 * Somebody in a call, or their screen: a picture or a face, a name and marks.
 * Anybody may use it; where it lies is its parent's business.
 *
 * @extends {Component<TileData>}
 */
export class CallTile extends Component {
  /** A frame of what is to be seen now has been shown. */
  #seen = false;
  /** Names what a frame is awaited of; empty while there is nothing to come. */
  #awaited = "";

  /** The element the picture is shown in. */
  get video() {
    return this.inner("video", HTMLVideoElement);
  }

  /** @override */
  drawn() {
    const { self, track } = this.data;
    const video = this.video;
    if (self) showTrack(video, track);
    else this.#awaitFrame(video);
    this.#fit(video);
  }

  /** @override */
  template() {
    const { key, userID, name, self, screen, state, muted, speaking, hand, reaction, role, pinned, pin, mark, track } = this.data;
    const shows = this.#shows;
    const looks = ["tile", `tile-${role}`, shows && "with-picture", speaking && "speaking", self && "own", screen && "of-screen", state !== "joined" && "not-in"];
    this.dataset.testid = `tile-${userID}${screen ? "-screen" : ""}`;
    this.dataset.state = state;
    return html`<div class=${looks.filter(Boolean).join(" ")} role="group" aria-label=${this.#label()} data-key=${key} @click=${pin && role !== "float" && role !== "full" ? (/** @type {MouseEvent} */ event) => this.#clicked(event, pin) : nothing}>
      <video class=${self && !screen && track?.getSettings().facingMode !== "environment" ? "mirrored" : ""} data-testid=${mark || nothing} muted autoplay playsinline .muted=${true} ?hidden=${self && !track}
        aria-label=${screen ? t("screenOf", { name }) : self ? t("localVideo") : t("remoteVideo", { name })}></video>
      ${shows ? nothing : this.#face()}
      ${this.#foot()}
      ${hand > 0 ? html`<span class="tile-hand" data-testid="hand">${icons.hand}<span>${hand}</span></span>` : nothing}
      ${reaction ? html`<span class="tile-reaction emoji" aria-hidden="true" data-testid="reaction">${reaction}</span>` : nothing}
      ${muted && role === "float" ? html`<span class="self-muted">${icons.micOff}</span>` : nothing}
      ${pin && role !== "float" && role !== "full"
        ? html`<button type="button" class="tile-pin" aria-label=${t("pin", { name })} title=${t("pin", { name })} aria-pressed=${pinned} @click=${pin}>${icons.pin}</button>`
        : nothing}
    </div>`;
  }

  /** A click anywhere but on its buttons pins it too. @param {MouseEvent} event @param {() => void} pin */
  #clicked(event, pin) {
    if (event.target instanceof Element && !event.target.closest("button")) pin();
  }

  /** Another's picture is to be expected: they are in, and have not said that there is none. */
  get #comes() {
    const { video, state } = this.data;
    return (state === "joined" || state === "accepted") && video !== false;
  }

  get #shows() {
    const { self, track } = this.data;
    return self ? track !== null : this.#comes && this.#seen;
  }

  /** All of it in words. */
  #label() {
    const { name, named, self, muted, hand, host, state, quality, screen } = this.data;
    if (screen) return t("screenOf", { name });
    const marks = [
      host && t("host"),
      state !== "joined" && this.#stateText(),
      state === "joined" && muted && t("isMuted"),
      this.data.paused && t("picturePaused"),
      hand > 0 && t("handPlace", { place: hand }),
      quality >= WEAK && t("quality", { level: tOr(`quality_${quality}`, "quality_0") }),
    ];
    return [self ? named : name, ...marks.filter(Boolean)].join(", ");
  }

  #stateText() {
    return tOr(`state_${this.data.state}`, "connecting");
  }

  #face() {
    const { name, picture, pulsing, caption, state, ringAgain, self, role } = this.data;
    if (role === "float") return self ? icons.cameraOff : nothing;
    const waiting = role !== "full" && state !== "joined";
    return html`<div class="tile-face ${pulsing ? "pulsing" : ""}">
      ${avatar(name, "large", picture)}
      ${waiting ? html`<p class="tile-state" data-testid="tile-state">${this.#stateText()}</p>` : caption ? html`<p>${caption}</p>` : nothing}
      ${ringAgain ? html`<button type="button" class="tile-again" title=${t("ringAgain")} @click=${ringAgain}>${icons.phone}<span>${t("ringAgain")}</span></button>` : nothing}
    </div>`;
  }

  #foot() {
    const { named, muted, paused, quality, state, role } = this.data;
    if (!named || role === "float") return nothing;
    const inside = state === "joined";
    return html`<span class="tile-foot" aria-hidden="true">
      ${inside && muted ? html`<span class="tile-muted">${icons.micOff}</span>` : nothing}
      <span class="tile-name" dir="auto">${named}</span>
      ${inside && quality === DOWN ? html`<span class="tile-lost"><span class="spinner"></span><span class="tile-word">${t("reconnecting")}</span></span>` : inside && quality >= WEAK ? qualityBars(quality) : nothing}
      ${paused && quality !== DOWN ? html`<span class="tile-lost">${icons.warning}<span class="tile-word">${t("picturePaused")}</span></span>` : nothing}
    </span>`;
  }

  /**
   * Marks the first frame, for who measures, and shows it. Whoever turned the
   * camera off, or left, is awaited anew: what the element holds is of before.
   *
   * @param {HTMLVideoElement} video
   */
  #awaitFrame(video) {
    const awaited = this.#comes ? this.data.key : "";
    if (awaited === this.#awaited) return;
    this.#awaited = awaited;
    this.#seen = false;
    if (!awaited) return;
    const arrived = () => {
      if (this.#awaited !== awaited || this.#seen) return;
      this.#seen = true;
      performance.mark("callsvc:first-remote-frame");
      this.update();
    };
    if (typeof video.requestVideoFrameCallback === "function") video.requestVideoFrameCallback(arrived);
    else if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) arrived();
    else video.addEventListener("playing", arrived, { once: true });
  }

  /** A picture of quite another shape than its tile is shown whole. @param {HTMLVideoElement} video */
  #fit(video) {
    video.onresize ??= () => this.#fit(video);
    const { width, height } = this.data;
    const { videoWidth, videoHeight } = video;
    if (!videoWidth || !width || !height) return;
    const ratio = (videoWidth / videoHeight) * (height / width);
    const full = this.data.role === "full";
    const most = full && width >= 640 ? CUT_WIDE : CUT;
    const whole = ratio > most || ratio < 1 / most;
    video.classList.toggle("whole", this.data.screen || (whole && !(full && width < 640)));
  }
}

/** @param {HTMLVideoElement} video @param {MediaStreamTrack | null} track */
function showTrack(video, track) {
  const shown = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] ?? null : null;
  if (shown !== track) video.srcObject = track ? new MediaStream([track]) : null;
}

customElements.define("call-tile", CallTile);
