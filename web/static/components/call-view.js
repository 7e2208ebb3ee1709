import { html, nothing } from "../vendor/lit-html.js";
import { Announcer, newsOf } from "./announcer.js";
import { callControls, moreMenu } from "./call-controls.js";
import "./call-grid.js";
import "./call-people.js";
import { Component } from "./component.js";
import "./device-picker.js";
import { trapFocus } from "./focus.js";
import { clock } from "./format.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";
import { MutedTalk } from "./muted-talk.js";
import { callNotices } from "./notices.js";
import { qualityBars } from "./quality-bars.js";
import { shortcutHelp } from "./shortcut-help.js";
import { shortcutOf } from "./shortcuts.js";
import { tilesOf } from "./stage-choice.js";
import { SELF, cameraKey, screenKey } from "./tile-keys.js";
import { cameraTile, screenTile, selfTile, shownOthers } from "./tiles.js";

/**
 * @typedef {object} ViewData
 * @property {import("./stage-model.js").StageModel} model
 * @property {import("./preferences.js").Preferences} preferences
 * @property {import("./tones.js").Tones} tones
 * @property {string} title the other one's name, the group's or the meeting's
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 * @property {boolean} audioBlocked
 * @property {() => void} unblockAudio
 * @property {(() => Promise<string[]>) | null} candidates who may be asked in; null where nobody is
 * @property {((userIDs: string[]) => void) | null} ring asks them in
 *
 * @typedef {import("./call-controls.js").Panel} Panel
 */

const TICK_MS = 250;
/** Panels that lie beside the tiles where there is room. */
const ASIDE = new Set(["people", "chat", "stats"]);
const ASIDE_PX = 360;
const WIDE_PX = 900;

/**
 * A call from the first dial tone to the end, however many are in it: with one
 * other they are large and oneself small, with more there are tiles.
 *
 * @extends {Component<ViewData>}
 */
export class CallView extends Component {
  /** @type {Panel} */
  #panel = null;
  #pinned = "";
  #page = 0;
  #pages = 1;
  #said = "";
  #talk = new MutedTalk();
  /** The microphone is open only as long as Space is held. */
  #holding = false;
  /** @type {ReadonlyMap<string, string>} */
  #states = new Map();
  #announcer = new Announcer(
    (text) => this.#say(text),
    (news, names) => t(`news_${news}`, { names }),
  );

  /** @override */
  connected() {
    const tick = setInterval(() => this.update(), TICK_MS);
    const press = (/** @type {KeyboardEvent} */ event) => this.#press(event);
    const release = (/** @type {KeyboardEvent} */ event) => void (event.key === " " && this.#endTalk());
    document.addEventListener("keydown", press);
    document.addEventListener("keyup", release);
    this.until(
      trapFocus(this),
      this.data.model.on("change", () => this.#news()),
      () => clearInterval(tick),
      () => document.removeEventListener("keydown", press),
      () => document.removeEventListener("keyup", release),
      () => this.#announcer.stop(),
    );
  }

  /** @override */
  disconnected() {
    this.#talk.stop();
    if (document.fullscreenElement === this) void document.exitFullscreen();
  }

  /** @override */
  drawn() {
    this.#talk.watch(this.data.model.media);
  }

  /** @override */
  template() {
    const { model, preferences, title } = this.data;
    const grid = this.#grid();
    const panel = this.#panel;
    const aside = ASIDE.has(panel ?? "");
    return html`<div class="stage ${grid.float ? "is-duo" : "is-grid"} ${aside ? "with-aside" : ""}" role="dialog" aria-modal="true" aria-label=${title} tabindex="-1">
      <call-grid class="tiles" .data=${grid}></call-grid>
      ${this.#head()}
      ${callNotices({ ...this.data, talkingMuted: this.#talk.noticed, turnOffCamera: () => void this.#toggleCamera() })}
      ${panel === "devices" ? this.#devices() : nothing}
      ${panel === "help" ? shortcutHelp({ preferences, features: model.features, close: () => this.#open(null) }) : nothing}
      ${panel === "more" ? moreMenu(this.#controls(), () => this.#open(null)) : nothing}
      ${aside ? this.#aside() : nothing}
      ${callControls({
        muted: model.media.muted || model.media.fault("mic") !== null,
        cameraOff: model.media.track("camera") === null,
        controls: this.#controls(),
        panel,
        toggleMic: () => this.#toggleMic(),
        toggleCamera: () => void this.#toggleCamera(),
        open: (which) => this.#open(which),
        leaveLabel: t("hangUp"),
        leave: () => model.leave(),
      })}
      <div class="visually-hidden" role="status" aria-live="polite">${this.#said}</div>
    </div>`;
  }

  /** @returns {import("./call-grid.js").GridData} */
  #grid() {
    const { model, nameOf, pictureOf, preferences, ring } = this.data;
    const others = shownOthers(model.others, Date.now(), model.direct);
    const on = {
      screens: model.screens.map(screenKey),
      cameras: others.map(({ userID }) => cameraKey(userID)),
      self: preferences.values.hideSelf && others.length > 0 ? "" : SELF,
      pinned: this.#pinned,
      speaker: cameraKey(model.speaker.userID),
      layout: preferences.values.layout,
    };
    const { keys, stage, float } = tilesOf(on);
    const data = { model, nameOf, pictureOf, pinned: this.#pinned, pin: (/** @type {string} */ key) => this.#pin(key), ringAgain: ring && ((/** @type {string} */ userID) => ring([userID])) };
    const all = [selfTile(data), ...model.screens.map((userID) => screenTile(userID, data)), ...others.map((other) => cameraTile(other, data))];
    const byKey = new Map(all.map((tile) => [tile.key, tile]));
    return {
      tiles: keys.flatMap((key) => byKey.get(key) ?? []),
      ...{ stage, float, page: this.#page, insets: this.#insets(Boolean(float)) },
      show: ({ userID, screen }, video, height) => (screen ? model.showScreen(userID, video, height) : model.showCamera(userID, video, height)),
      turned: (page, pages) => this.#turned(page, pages),
    };
  }

  /** @param {boolean} duo */
  #insets(duo) {
    const narrow = innerWidth < 640;
    const beside = ASIDE.has(this.#panel ?? "") && innerWidth >= WIDE_PX;
    const side = duo ? 0 : narrow ? 8 : 16;
    return { top: narrow ? 64 : 68, bottom: narrow ? 92 : 100, start: side, end: side + (beside ? ASIDE_PX : 0) };
  }

  #head() {
    const { model, title } = this.data;
    const running = model.display === "connected" || model.display === "reconnecting";
    return html`<header class="call-head">
      <div class="call-who"><span class="call-name" dir="auto">${title}</span>${this.#status()}</div>
      ${this.#pages > 1 ? this.#pager() : nothing}
      ${running ? qualityBars(model.direct ? Math.max(model.quality.local, model.quality.remote) : model.quality.local) : nothing}
    </header>`;
  }

  #status() {
    const { model } = this.data;
    const { display, elapsed } = model;
    if (display === "calling") return html`<span class="call-status">${t("calling")}</span>`;
    if (display === "connecting" || elapsed === 0) return html`<span class="call-status">${t("connecting")}</span>`;
    const inside = model.others.filter(({ state }) => state === "joined").length + 1;
    return html`<span class="call-status"><time role="timer" data-testid="call-clock">${clock(elapsed)}</time>${model.direct ? nothing : html` · ${t("inCall", { count: inside })}`}</span>`;
  }

  #pager() {
    const turn = (/** @type {number} */ by) => () => this.#turned(this.#page + by, this.#pages);
    return html`<div class="pager" role="group" aria-label=${t("pages")}>
      <button type="button" class="round small" aria-label=${t("previousPage")} title=${t("previousPage")} ?disabled=${this.#page === 0} @click=${turn(-1)}>${icons.back}</button>
      <span data-testid="page">${this.#page + 1}/${this.#pages}</span>
      <button type="button" class="round small" aria-label=${t("nextPage")} title=${t("nextPage")} ?disabled=${this.#page + 1 >= this.#pages} @click=${turn(1)}>${icons.next}</button>
    </div>`;
  }

  /** @returns {import("./call-controls.js").Control[]} */
  #controls() {
    const { model, preferences } = this.data;
    const { layout, hideSelf } = preferences.values;
    const several = model.others.length > 1;
    const panel = (/** @type {Exclude<Panel, null>} */ which) => ({ open: this.#panel === which, act: () => this.#open(this.#panel === which ? null : which) });
    return [
      ...(model.features.people ? [{ id: "people", label: t("people"), icon: icons.people, key: "P", ...panel("people") }] : []),
      { id: "devices", label: t("devices"), icon: icons.sliders, key: "", ...panel("devices") },
      ...(several ? [{ id: "layout", label: t("speakerLayout"), icon: icons.speakerView, key: "W", pressed: layout === "speaker", act: () => this.#toggleLayout() }] : []),
      { id: "fullscreen", label: t("fullscreen"), icon: icons.expand, key: "F", act: () => void this.#fullscreen() },
      { id: "self", label: t("hideSelf"), icon: icons.eyeOff, key: "", pressed: hideSelf, menuOnly: true, act: () => preferences.set({ hideSelf: !hideSelf }) },
      { id: "help", label: t("help"), icon: icons.keyboard, key: "?", ...panel("help") },
    ];
  }

  #aside() {
    const { model, nameOf, pictureOf, candidates, ring } = this.data;
    const close = () => this.#open(null);
    return html`<call-people class="aside" .data=${{ model, nameOf, pictureOf, candidates, ring, close }}></call-people>`;
  }

  #devices() {
    const { model, preferences, tones } = this.data;
    const { mic, camera, speaker } = preferences.values;
    return html`<section class="panel pop" aria-label=${t("devices")}>
      <header class="panel-head">
        <h3>${t("devices")}</h3>
        <button type="button" class="icon-button" aria-label=${t("close")} @click=${() => this.#open(null)}>${icons.close}</button>
      </header>
      <device-picker .data=${{
        chosen: { mic, camera, speaker },
        choose: (/** @type {import("./device-picker.js").PickerKind} */ kind, /** @type {string} */ id) => preferences.set({ [kind]: id }),
        testSound: () => void tones.test(model.room.speakerID),
      }}></device-picker>
    </section>`;
  }

  /** @param {Panel} panel */
  #open(panel) {
    const closed = panel === null ? this.#panel : null;
    this.#panel = panel;
    this.draw();
    if (panel && panel !== "more") /** @type {HTMLElement | null} */ (this.querySelector(".panel .panel-head .icon-button"))?.focus();
    // The focus goes back to what had opened the panel, or where that is hidden to the menu.
    if (closed) this.querySelectorAll(`.control-${closed}, .control-more`).forEach((button) => button instanceof HTMLElement && button.offsetParent && !this.contains(document.activeElement) && button.focus());
  }

  /** @param {number} page @param {number} pages */
  #turned(page, pages) {
    this.#page = page;
    this.#pages = pages;
    this.update();
  }

  /** @param {string} key */
  #pin(key) {
    this.#pinned = this.#pinned === key ? "" : key;
    this.draw();
  }

  #toggleMic() {
    const { media, room } = this.data.model;
    const closed = !media.track("mic") && !media.opening("mic");
    if (closed) return void room.startLocalAudio();
    room.muteLocalAudio(!media.muted);
  }

  async #toggleCamera() {
    const { room } = this.data.model;
    if (room.media.track("camera")) room.closeCamera();
    else await room.openCamera();
  }

  #toggleLayout() {
    const { preferences } = this.data;
    preferences.set({ layout: preferences.values.layout === "speaker" ? "grid" : "speaker" });
    this.#pinned = "";
    this.draw();
  }

  async #fullscreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.requestFullscreen();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.key === "Escape" && this.#panel) return this.#open(null);
    if (!this.data.preferences.values.shortcuts) return;
    const shortcut = shortcutOf(event);
    if (!shortcut) return;
    if (event.key === " " || event.ctrlKey || event.metaKey) event.preventDefault();
    this.#do(shortcut);
  }

  /** @param {{deed: import("./shortcuts.js").Deed, digit: number}} shortcut */
  #do({ deed, digit }) {
    const toggle = (/** @type {Panel} */ panel) => this.#open(this.#panel === panel ? null : panel);
    const { features } = this.data.model;
    switch (deed) {
      case "mic":
        return this.#toggleMic();
      case "camera":
        return void this.#toggleCamera();
      case "talk":
        return this.#beginTalk();
      case "fullscreen":
        return void this.#fullscreen();
      case "layout":
        return this.#toggleLayout();
      case "people":
        return features.people ? toggle("people") : undefined;
      case "help":
        return toggle("help");
      case "focus":
        return this.#focusPerson(digit);
    }
  }

  /** 0 is oneself, 1 to 9 are the others in their order. @param {number} digit */
  #focusPerson(digit) {
    const other = this.data.model.others.filter(({ state }) => state === "joined")[digit - 1];
    if (digit === 0) this.#pin(SELF);
    else if (other) this.#pin(cameraKey(other.userID));
  }

  #beginTalk() {
    const { media, room } = this.data.model;
    if (!media.muted || !media.track("mic")) return;
    this.#holding = true;
    room.muteLocalAudio(false);
  }

  #endTalk() {
    if (!this.#holding) return;
    this.#holding = false;
    this.data.model.room.muteLocalAudio(true);
  }

  /** What has happened since the last look is told to who cannot see it. */
  #news() {
    const { model, nameOf } = this.data;
    const states = new Map(model.others.map(({ userID, state }) => [userID, state]));
    if (!model.direct) for (const { news, userID } of newsOf(this.#states, states)) this.#announcer.tell(news, nameOf(userID));
    this.#states = states;
    this.update();
  }

  /** @param {string} text */
  #say(text) {
    this.#said = text;
    this.update();
  }
}

customElements.define("call-view", CallView);
