import { html, nothing } from "../vendor/lit-html.js";
import { Announcer, newsOf } from "./announcer.js";
import { CameraFlip } from "./camera-flip.js";
import { callControls, moreMenu } from "./call-controls.js";
import "./call-grid.js";
import { callHead } from "./call-head.js";
import "./call-stats.js";
import { Component } from "./component.js";
import { devicePanel } from "./device-panel.js";
import { trapFocus } from "./focus.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";
import { leaveMenu } from "./leave-menu.js";
import { MediaSessionControls } from "./media-session.js";
import { MicWatch } from "./mic-watch.js";
import { NewDevices } from "./new-devices.js";
import { callNotices, faultsOf } from "./notices.js";
import { PictureInPicture } from "./picture-in-picture.js";
import { reactionInWords, reactionPanel, risingReactions } from "./reaction-views.js";
import { shortcutHelp } from "./shortcut-help.js";
import { shortcutOf } from "./shortcuts.js";
import { StageDeeds } from "./stage-deeds.js";
import { tilesOf } from "./stage-choice.js";
import { watchSwipes } from "./swipes.js";
import { SELF, cameraKey, screenKey } from "./tile-keys.js";
import { keepAwake } from "./wake-lock.js";
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
 * @property {((userIDs: string[]) => void) | null} ring asks them in; null where nobody rings
 * @property {Panels} panels what lies beside the tiles, besides the statistics
 * @property {readonly unknown[]} [notices] what has to be said besides what every call says
 *
 * @typedef {Partial<Record<"people" | "chat", (close: () => void) => unknown>>} Panels
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
  #mic = new MicWatch();
  #deeds = new StageDeeds(() => this.data.model);
  #newDevices = new NewDevices(() => this.update());
  #flip = new CameraFlip(() => this.update());
  #outside = new MediaSessionControls();
  #pip = new PictureInPicture(() => this.update());
  /** @type {ReadonlyMap<string, string>} */
  #states = new Map();
  /** Whose screens and whose hands were seen at the last look. @type {readonly string[]} */
  #shown = [];
  /** @type {readonly string[]} */
  #hands = [];
  /** The last reaction that was seen. */
  #reacted = 0;
  /** Which faults of devices need not be said any more. */
  #putAway = "";
  #announcer = new Announcer(
    (text) => this.#say(text),
    (news, names) => t(`news_${news}`, { names }),
  );

  /** @override */
  connected() {
    const tick = setInterval(() => this.update(), TICK_MS);
    const press = (/** @type {KeyboardEvent} */ event) => this.#press(event);
    const release = (/** @type {KeyboardEvent} */ event) => void (event.key === " " && this.#deeds.endTalk());
    document.addEventListener("keydown", press);
    document.addEventListener("keyup", release);
    this.until(
      trapFocus(this),
      this.data.model.on("change", () => this.#news()),
      () => clearInterval(tick),
      () => document.removeEventListener("keydown", press),
      () => document.removeEventListener("keyup", release),
      () => this.#announcer.stop(),
      this.#newDevices.watch(this.data.model.room),
      watchSwipes(this, (by) => this.#turn(by)),
      this.#flip.watch(this.data.model.room),
      this.#outside.take({ toggleMic: () => this.#deeds.toggleMic(), toggleCamera: () => void this.#deeds.toggleCamera(), hangUp: () => this.data.model.leave() }),
      keepAwake(),
    );
  }

  /** @override */
  disconnected() {
    this.#mic.stop();
    this.#pip.close();
    if (document.fullscreenElement === this) void document.exitFullscreen();
  }

  /** @override */
  drawn() {
    const { title, model } = this.data;
    const { media } = model;
    this.#mic.watch(media);
    this.#outside.show(title, { microphone: !media.muted && media.track("mic") !== null, camera: media.track("camera") !== null });
  }

  /** @override */
  template() {
    const { model, preferences, title, tones, nameOf } = this.data;
    const grid = this.#grid();
    const panel = this.#panel;
    const aside = ASIDE.has(panel ?? "");
    return html`<div class="stage ${grid.float ? "is-duo" : "is-grid"} ${aside ? "with-aside" : ""}" role="dialog" aria-modal="true" aria-label=${title} tabindex="-1">
      <call-grid class="tiles" .data=${grid}></call-grid>
      ${this.#pip.away ? html`<p class="away"><span>${t("inOwnWindow")}</span><button type="button" class="notice-deed" @click=${() => this.#pip.close()}>${t("bringBack")}</button></p>` : nothing}
      ${callHead({ model, title, page: this.#page, pages: this.#pages, turn: (by) => this.#turn(by) })}
      ${risingReactions({ shown: model.reactions.all, named: (userID) => (userID === model.self ? t("localVideo") : nameOf(userID)) })}
      ${callNotices({
        ...this.data,
        mic: this.#mic,
        newDevices: this.#newDevices,
        turnOffCamera: () => void this.#deeds.toggleCamera(),
        stopSharing: () => void this.#deeds.toggleShare(),
        chooseDevice: () => this.#open("devices"),
        putAway: this.#putAway,
        putAwayFaults: () => this.#putAwayFaults(),
      })}
      ${panel === "devices" ? devicePanel({ preferences, testSound: () => void tones.test(model.room.speakerID), close: () => this.#open(null) }) : nothing}
      ${panel === "leave" && model.canDismiss ? leaveMenu({ leave: () => model.leave(), dismiss: () => model.dismissForAll() }) : nothing}
      ${panel === "help" ? shortcutHelp({ preferences, has: this.#has(), close: () => this.#open(null) }) : nothing}
      ${panel === "reactions" && model.canReact ? reactionPanel({ react: (reaction) => void model.react(reaction), close: () => this.#open(null) }) : nothing}
      ${panel === "more" ? moreMenu(this.#controls(), () => this.#open(null)) : nothing}
      ${aside ? this.#aside() : nothing}
      ${callControls({
        muted: model.media.muted || model.media.fault("mic") !== null,
        cameraOff: model.media.track("camera") === null,
        controls: this.#controls(),
        panel,
        toggleMic: () => this.#deeds.toggleMic(),
        toggleCamera: () => void this.#deeds.toggleCamera(),
        open: (which) => this.#open(which),
        leaveLabel: t(model.leaveLabel),
        asks: model.canDismiss,
        leave: () => this.#leave(),
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
    const data = { model, nameOf, pictureOf, pinned: this.#pinned, pin: (/** @type {string} */ key) => this.#pin(key), noPictures: preferences.values.noPictures, ringAgain: ring && ((/** @type {string} */ userID) => ring([userID])) };
    const all = [selfTile(data), ...model.screens.map((userID) => screenTile(userID, data)), ...others.map((other) => cameraTile(other, data))];
    const byKey = new Map(all.map((tile) => [tile.key, tile]));
    return {
      tiles: keys.flatMap((key) => byKey.get(key) ?? []),
      ...{ stage, float, own: on.self, page: this.#page, insets: this.#insets(Boolean(float)) },
      show: ({ userID, screen }, video, height) => (screen ? model.showScreen(userID, video, height) : model.showCamera(userID, video, height)),
      turned: (page, pages) => this.#turned(page, pages),
    };
  }

  /** @param {boolean} duo */
  #insets(duo) {
    if (this.#pip.away) return { top: 4, bottom: 4, start: 4, end: 4 };
    const narrow = innerWidth < 640;
    const beside = ASIDE.has(this.#panel ?? "") && innerWidth >= WIDE_PX;
    const side = duo ? 0 : narrow ? 8 : 16;
    return { top: narrow ? 64 : 68, bottom: narrow ? 92 : 100, start: side, end: side + (beside ? ASIDE_PX : 0) };
  }

  /** @returns {import("./call-controls.js").Control[]} */
  #controls() {
    const { model, preferences, panels } = this.data;
    const { layout, hideSelf, noPictures } = preferences.values;
    const several = model.others.length > 1;
    const panel = (/** @type {Exclude<Panel, null>} */ which) => ({ open: this.#panel === which, act: () => this.#open(this.#panel === which ? null : which) });
    const { sharing, canShare } = this.#deeds;
    return [
      ...(canShare ? [{ id: "share", label: t("shareScreen"), icon: sharing ? icons.screenOff : icons.screen, key: "D", pressed: sharing, lit: sharing, act: () => void this.#deeds.toggleShare() }] : []),
      ...(model.canRaise ? [{ id: "hand", label: t("raiseHand"), icon: icons.hand, key: "R", pressed: model.raised, lit: model.raised, act: () => void model.raiseHand(!model.raised) }] : []),
      ...(model.canReact ? [{ id: "reactions", label: t("reactions"), icon: icons.smile, key: "E", ...panel("reactions") }] : []),
      ...(panels.chat ? [{ id: "chat", label: t("chat"), icon: icons.chats, key: "C", count: model.unread, ...panel("chat") }] : []),
      ...(panels.people ? [{ id: "people", label: t("people"), icon: icons.people, key: "P", count: model.knocking, ...panel("people") }] : []),
      { id: "devices", label: t("devices"), icon: icons.sliders, key: "", ...panel("devices") },
      ...(several ? [{ id: "layout", label: t("speakerLayout"), icon: icons.speakerView, key: "W", pressed: layout === "speaker", act: () => this.#toggleLayout() }] : []),
      { id: "fullscreen", label: t("fullscreen"), icon: icons.expand, key: "F", act: () => void this.#deeds.toggleFullscreen(this) },
      { id: "self", label: t("hideSelf"), icon: icons.eyeOff, key: "", pressed: hideSelf, menuOnly: true, act: () => preferences.set({ hideSelf: !hideSelf }) },
      { id: "pictures", label: t("noPictures"), icon: icons.cameraOff, key: "", pressed: noPictures, menuOnly: true, act: () => preferences.set({ noPictures: !noPictures }) },
      ...(this.#flip.possible && model.media.track("camera") ? [{ id: "flip", label: t("flipCamera"), icon: icons.flip, key: "", menuOnly: true, act: () => preferences.set({ camera: this.#flip.after(model.media.track("camera")) }) }] : []),
      ...(this.#deeds.canBlur ? [{ id: "blur", label: t("blur"), icon: icons.blur, key: "", pressed: this.#deeds.blurred, menuOnly: true, act: () => void this.#deeds.toggleBlur() }] : []),
      ...(PictureInPicture.possible ? [{ id: "pip", label: t("pip"), icon: icons.pip, key: "", pressed: this.#pip.open, menuOnly: true, act: () => this.#togglePiP() }] : []),
      { id: "stats", label: t("statistics"), icon: icons.chart, key: "T", menuOnly: true, ...panel("stats") },
      { id: "help", label: t("help"), icon: icons.keyboard, key: "?", ...panel("help") },
    ];
  }

  /** Which of the shortcuts there are. @returns {(deed: import("./shortcuts.js").Deed) => boolean} */
  #has() {
    const { model, panels } = this.data;
    return (deed) => (deed === "hand" ? model.canRaise : deed === "react" ? model.canReact : deed === "chat" ? Boolean(panels.chat) : deed === "share" ? this.#deeds.canShare : true);
  }

  #aside() {
    const { model, nameOf, panels } = this.data;
    const close = () => this.#open(null);
    if (this.#panel === "stats") return html`<call-stats .data=${{ model, nameOf, close }}></call-stats>`;
    return (this.#panel === "chat" ? panels.chat : panels.people)?.(close);
  }

  /** The tiles in a window of their own, or the largest picture. */
  #togglePiP() {
    const videos = [...this.querySelectorAll("video")].filter(({ videoWidth }) => videoWidth > 0);
    const area = (/** @type {HTMLElement} */ { clientWidth, clientHeight }) => clientWidth * clientHeight;
    const [largest = null] = videos.sort((a, b) => area(b) - area(a));
    const tiles = this.querySelector("call-grid");
    if (tiles instanceof HTMLElement || this.#pip.open) void this.#pip.toggle(/** @type {HTMLElement} */ (tiles), largest);
  }

  /** Whoever could end it for the others is asked first. */
  #leave() {
    const { model } = this.data;
    if (model.canDismiss) this.#open(this.#panel === "leave" ? null : "leave");
    else model.leave();
  }

  /** @param {Panel} panel */
  #open(panel) {
    const closed = panel === null ? this.#panel : null;
    this.#panel = panel;
    this.draw();
    const taken = this.querySelector(".panel")?.contains(document.activeElement); // a chat wants to be written in
    if (panel && panel !== "more" && !taken) /** @type {HTMLElement | null} */ (this.querySelector(".panel .panel-head .icon-button, .leave-panel button, .reaction-panel button"))?.focus();
    // The focus goes back to what had opened the panel, or where that is hidden to the menu.
    if (!closed || this.contains(document.activeElement)) return;
    const openers = [`.control-${closed}`, ".control-more"].map((selector) => /** @type {HTMLElement | null} */ (this.querySelector(selector)));
    openers.find((button) => button?.offsetParent)?.focus();
  }

  /** @param {number} page @param {number} pages */
  #turned(page, pages) {
    this.#page = page;
    this.#pages = pages;
    this.update();
  }

  #putAwayFaults() {
    this.#putAway = faultsOf(this.data.model.media);
    this.draw();
  }

  /** One page on, or back; past the last one is none. @param {number} by */
  #turn(by) {
    const page = this.#page + by;
    if (page >= 0 && page < this.#pages) this.#turned(page, this.#pages);
  }

  /** @param {string} key */
  #pin(key) {
    this.#pinned = this.#pinned === key ? "" : key;
    this.draw();
  }

  #toggleLayout() {
    const { preferences } = this.data;
    preferences.set({ layout: preferences.values.layout === "speaker" ? "grid" : "speaker" });
    this.#pinned = "";
    this.#page = 0; // of other pages
    this.draw();
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

  /** @param {import("./shortcuts.js").Pressed} shortcut */
  #do({ deed, digit }) {
    const toggle = (/** @type {Panel} */ panel) => this.#open(this.#panel === panel ? null : panel);
    const { model, panels } = this.data;
    switch (deed) {
      case "mic":
        return this.#deeds.toggleMic();
      case "camera":
        return void this.#deeds.toggleCamera();
      case "talk":
        return this.#deeds.beginTalk();
      case "fullscreen":
        return void this.#deeds.toggleFullscreen(this);
      case "layout":
        return this.#toggleLayout();
      case "people":
        return panels.people ? toggle("people") : undefined;
      case "chat":
        return panels.chat ? toggle("chat") : undefined;
      case "hand":
        return model.canRaise ? void model.raiseHand(!model.raised) : undefined;
      case "share":
        return void this.#deeds.toggleShare();
      case "stats":
        return toggle("stats");
      case "help":
        return toggle("help");
      case "focus":
        return this.#focusPerson(digit);
      case "react":
        return model.canReact ? toggle("reactions") : undefined;
      case "page":
        return this.#turn(digit);
      case "leave":
        return this.#leave();
    }
  }

  /** 0 is oneself, 1 to 9 are the others in their order. @param {number} digit */
  #focusPerson(digit) {
    const other = this.data.model.others.filter(({ state }) => state === "joined")[digit - 1];
    if (digit === 0) this.#pin(SELF);
    else if (other) this.#pin(cameraKey(other.userID));
  }

  /** What has happened since the last look is told to who cannot see it. */
  #news() {
    const { model, nameOf, tones } = this.data;
    const states = new Map(model.others.map(({ userID, state }) => [userID, state]));
    if (!model.direct) for (const { news, userID } of newsOf(this.#states, states)) this.#announcer.tell(news, nameOf(userID));
    this.#states = states;
    this.#shown = this.#tellNew("sharing", this.#shown, model.screens);
    const hands = [...states.keys()].filter((userID) => model.handOf(userID) > 0);
    if (model.isHost(model.self) && hands.some((userID) => !this.#hands.includes(userID))) tones.signal("hand");
    this.#hands = this.#tellNew("handRaised", this.#hands, hands);
    for (const { id, userID, reaction } of model.reactions.all) {
      if (id > this.#reacted && userID !== model.self) this.#announcer.tell("reacted", t("reacted", { name: nameOf(userID), reaction: reactionInWords(reaction) }));
      this.#reacted = Math.max(this.#reacted, id);
    }
    this.update();
  }

  /** @param {import("./announcer.js").News} news @param {readonly string[]} before @param {readonly string[]} now user ids */
  #tellNew(news, before, now) {
    for (const userID of now) if (!before.includes(userID)) this.#announcer.tell(news, this.data.nameOf(userID));
    return now;
  }

  /** @param {string} text */
  #say(text) {
    this.#said = text;
    this.update();
  }
}

customElements.define("call-view", CallView);
