import { Component } from "../components/component.js";
import "../components/meeting-kit.js";
import { MeetingKit } from "../components/meeting-kit.js";
import "../components/pre-join.js";
import { Client, LocalMedia } from "../sdk/index.js";
import { html, nothing } from "../vendor/lit-html.js";
import { faultSentence } from "./faults.js";
import { LookInside } from "./look-inside.js";
import { linkOf, meetingInAddress, newMeetingID, showMeeting } from "./meeting-address.js";

/**
 * @typedef {object} DoorData
 * @property {Client | null} client of who is signed in; null for a guest
 * @property {import("../components/preferences.js").Preferences} preferences
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 */

/**
 * The way into meetings: what the address names is shown with a look into the
 * mirror first; a guest has a name to give. Dispatches `meetingdoor` with
 * whether it, or a meeting, lies over the page.
 *
 * @extends {Component<DoorData>}
 */
export class MeetingDoor extends Component {
  #media = new LocalMedia();
  /** The meeting one stands before. @type {import("./meeting-address.js").MeetingAddress | null} */
  #before = null;
  /** A guest's own. @type {Client | null} */
  #guest = null;
  #state = "idle";
  #busy = false;
  #fault = "";
  #open = false;
  #look = new LookInside(() => this.update());

  /** @override */
  connected() {
    this.#before = meetingInAddress();
    if (this.#before && this.data.client) this.#look.begin(this.data.client, this.#before);
    this.until(() => this.#look.end());
  }

  /** @override */
  disconnected() {
    this.#media.closeAll();
    if (this.#guest) void this.#guest.logout();
  }

  /** Somebody is in a meeting, or on the way. */
  get busy() {
    return this.#state !== "idle" && this.#state !== "ended";
  }

  /** Makes a meeting and goes into it. */
  async begin() {
    const roomID = newMeetingID();
    showMeeting(roomID);
    await this.#kit.enter(roomID);
  }

  /** Leaves, without a word about it. */
  leave() {
    if (!this.busy) return;
    this.#kit.leave();
    this.#kit.model?.dismiss();
  }

  get #kit() {
    return this.inner("meeting-kit", MeetingKit);
  }

  get #client() {
    return this.data.client ?? this.#guest;
  }

  /** @override */
  drawn() {
    const open = this.#before !== null || this.#state !== "idle";
    if (open === this.#open) return;
    this.#open = open;
    this.dispatchEvent(new CustomEvent("meetingdoor", { detail: open, bubbles: true }));
  }

  /** @override */
  template() {
    const { preferences, nameOf, pictureOf } = this.data;
    const client = this.#client;
    const media = this.#media;
    return html`${client
        ? html`<meeting-kit .data=${{ client, media, preferences, linkOf, nameOf: this.#guest ? (/** @type {string} */ id) => id : nameOf, pictureOf: this.#guest ? () => "" : pictureOf }}
            @meetingchange=${(/** @type {CustomEvent<string>} */ { detail }) => this.#changed(detail)}></meeting-kit>`
        : nothing}
      ${this.#before ? this.#preJoin(this.#before) : nothing}`;
  }

  /** @param {import("./meeting-address.js").MeetingAddress} before */
  #preJoin(before) {
    const guest = this.data.client === null;
    return html`<div class="meeting-door"><pre-join .data=${{
      media: this.#media,
      preferences: this.data.preferences,
      guest,
      busy: this.#busy,
      fault: this.#fault || this.#look.fault,
      note: this.#look.seen?.name || before.roomID,
      inside: this.#look.seen,
      pictureOf: this.data.pictureOf,
      join: (/** @type {string} */ name) => void this.#join(before, name),
      cancel: guest ? null : () => this.#giveUp(),
    }}></pre-join></div>`;
  }

  /** @param {import("./meeting-address.js").MeetingAddress} before @param {string} name */
  async #join({ invite, roomID }, name) {
    this.#busy = true;
    this.#fault = "";
    this.update();
    try {
      const room = this.data.client ? await this.#whither(this.data.client, invite, roomID) : await this.#asGuest(invite, name);
      this.#before = null;
      this.#look.end();
      this.draw();
      if (this.data.client) showMeeting(room);
      void this.#kit.enter(room, { invite: this.data.client ? invite : "", open: false });
    } catch (thrown) {
      this.#fault = faultSentence(thrown);
    }
    this.#busy = false;
    this.update();
  }

  /** @param {Client} client @param {string} invite @param {string} roomID */
  async #whither(client, invite, roomID) {
    return invite ? (await client.room.openLink(invite)).roomID : roomID;
  }

  /** @param {string} invite @param {string} name */
  async #asGuest(invite, name) {
    const { client, roomID } = await Client.asGuest({ invite, name });
    await client.connect();
    this.#guest = client;
    return roomID;
  }

  #giveUp() {
    this.#before = null;
    this.#look.end();
    this.#media.closeAll();
    showMeeting("");
    this.update();
  }

  /** @param {string} state of the meeting */
  #changed(state) {
    const over = state === "idle" && this.#state !== "idle";
    this.#state = state;
    if (over) this.#over();
    this.update();
  }

  /** Back to the page, or as a guest to the door. */
  #over() {
    if (this.data.client) return showMeeting("");
    void this.#guest?.logout();
    this.#guest = null;
    this.#before = meetingInAddress();
  }
}

customElements.define("meeting-door", MeetingDoor);
