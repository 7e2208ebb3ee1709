import { t } from "./i18n.js";
import { SELF, cameraKey, screenKey } from "./tile-keys.js";

/**
 * @typedef {import("./call-grid.js").Tile} Tile
 * @typedef {import("./stage-model.js").Other} Other
 *
 * @typedef {object} TilesData
 * @property {import("./stage-model.js").StageModel} model
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 * @property {string} pinned
 * @property {(key: string) => void} pin
 * @property {boolean} noPictures the others' cameras are not asked for
 * @property {((userID: string) => void) | null} ringAgain null where nobody rings
 */

/** Speech this loud lights a tile up. */
const HEARD = 8;
/** How long who did not come is still shown, in milliseconds. */
const GONE_SHOWN_MS = 10_000;
/** And who has gone. */
const LEFT_SHOWN_MS = 2_500;
/** A voice takes a moment to come. */
const FIRST_SOUND_MS = 2_500;

/** Who did not come may be asked again. */
const REFUSED = new Set(["declined", "busy", "noResponse", "left"]);

/**
 * Those whose tiles are to be seen now: everybody who is in or may come, and
 * for a moment who did not come or has gone.
 *
 * @param {readonly Other[]} others
 * @param {number} now ms
 * @param {boolean} direct a call between two shows its other one always
 */
export function shownOthers(others, now, direct) {
  return direct ? others : others.filter(({ state, since }) => !REFUSED.has(state) || now - since < (state === "left" ? LEFT_SHOWN_MS : GONE_SHOWN_MS));
}

/**
 * The tile of somebody else.
 *
 * @param {Other} other
 * @param {TilesData} data
 * @returns {Tile}
 */
export function cameraTile(other, { model, nameOf, pictureOf, pinned, pin, ringAgain, noPictures }) {
  const { userID, state, audio, volume, quality, since } = other;
  const name = nameOf(userID);
  const key = cameraKey(userID);
  const video = noPictures ? false : other.video;
  const waiting = model.display === "calling" || model.display === "connecting";
  const { direct } = model;
  const inside = state === "joined";
  return {
    ...{ key, userID, name, state: direct && !REFUSED.has(state) ? "joined" : state, video, quality },
    ...{ self: false, screen: false, track: null, host: model.isHost(userID), pinned: pinned === key },
    picture: pictureOf(userID),
    paused: inside && model.room.remoteView(userID, "camera")?.paused === true,
    muted: !direct && inside && !audio && Date.now() - since > FIRST_SOUND_MS,
    speaking: inside && volume >= HEARD && !direct,
    hand: model.handOf(userID),
    reaction: model.reactions.of(userID),
    wanted: !noPictures,
    caption: direct && !waiting && model.mediaType === "video" && !noPictures && !video ? t("cameraOffRemote", { name }) : "",
    named: direct ? "" : name,
    mark: direct ? "remote-video" : "",
    pulsing: direct ? waiting : state === "inviting",
    pin: () => pin(key),
    ringAgain: ringAgain && REFUSED.has(state) && state !== "left" ? () => ringAgain(userID) : null,
  };
}

/**
 * One's own tile.
 *
 * @param {TilesData} data
 * @returns {Tile}
 */
export function selfTile({ model, nameOf, pictureOf, pinned, pin }) {
  const { media, self } = model;
  return {
    ...{ key: SELF, userID: self, name: nameOf(self), state: "joined", self: true, screen: false, quality: 0, paused: false },
    ...{ wanted: true, caption: "", mark: "local-video", pulsing: false, ringAgain: null, host: model.isHost(self) },
    picture: pictureOf(self),
    video: null,
    track: media.track("camera"),
    muted: media.muted || media.fault("mic") !== null,
    speaking: !model.direct && model.facts(self).volume >= HEARD,
    hand: model.handOf(self),
    reaction: model.reactions.of(self),
    pinned: pinned === SELF,
    named: `${nameOf(self)} (${t("you")})`,
    pin: () => pin(SELF),
  };
}

/**
 * A shared screen.
 *
 * @param {string} userID
 * @param {TilesData} data
 * @returns {Tile}
 */
export function screenTile(userID, { model, nameOf, pinned, pin }) {
  const key = screenKey(userID);
  const name = nameOf(userID);
  return {
    ...{ key, userID, name, state: "joined", self: false, screen: true, video: true, track: null, muted: false, speaking: false },
    paused: model.room.remoteView(userID, "screen")?.paused === true,
    ...{ wanted: true, quality: 0, hand: 0, reaction: "", host: false, caption: "", mark: "", pulsing: false, ringAgain: null, picture: "" },
    pinned: pinned === key,
    named: t("screenOf", { name }),
    pin: () => pin(key),
  };
}
