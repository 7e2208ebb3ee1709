/**
 * Which tiles there are and which of them is large. Knows no document.
 *
 * @typedef {"grid" | "speaker"} Layout
 *
 * @typedef {object} OnStage
 * @property {readonly string[]} screens keys of shared screens, the newest last
 * @property {readonly string[]} cameras keys of people, in order; without one's own
 * @property {string} self the key of one's own tile; empty while it is hidden
 * @property {string} pinned the key the user has pinned; empty for none
 * @property {string} speaker the key of who speaks, or spoke last; empty for none
 * @property {Layout} layout
 */

/**
 * What is large: what the user has pinned, else the newest screen, else in the
 * speaker layout who speaks. Empty for none.
 *
 * @param {OnStage} on
 */
export function stageOf({ screens, cameras, self, pinned, speaker, layout }) {
  if (pinned && [...screens, ...cameras, self].includes(pinned)) return pinned;
  const screen = screens[screens.length - 1];
  if (screen) return screen;
  if (layout !== "speaker" || cameras.length < 2) return "";
  return cameras.includes(speaker) ? speaker : String(cameras[0]);
}

/**
 * All tiles in their order: screens, oneself, the others. Whoever is alone
 * with one other floats over them instead.
 *
 * @param {OnStage} on
 * @returns {{keys: string[], stage: string, float: string}}
 */
export function tilesOf(on) {
  const { screens, cameras, self } = on;
  const stage = stageOf(on);
  const float = !stage && cameras.length === 1 ? self : "";
  const own = self ? [self] : [];
  return { keys: [...screens, ...(cameras.length > 1 ? [...cameras, ...own] : [...own, ...cameras])], stage, float };
}

/** Speech this loud is speech. */
const SPEECH = 12;
/** How long somebody else has to be quiet, or the loudest, before the stage changes hands. */
const HOLD_MS = 1_500;

/**
 * Who is taken for the speaker, from how loud everyone is: nobody is cut off
 * by a cough.
 */
export class SpeakerChoice {
  /** Empty until somebody has spoken. */
  userID = "";
  #since = 0;
  #told = false;

  /** The server's own word, which stands above what one hears oneself; empty: nobody speaks, and who spoke last stays. @param {string} userID */
  tell(userID) {
    this.#told = true;
    if (userID) this.userID = userID;
  }

  /**
   * @param {readonly {userID: string, volume: number}[]} volumes the others', 0 to 100
   * @param {number} now ms
   */
  hear(volumes, now) {
    if (this.#told) return;
    const loudest = volumes.reduce((most, each) => (each.volume > most.volume ? each : most), { userID: "", volume: SPEECH - 1 });
    const held = volumes.find(({ userID }) => userID === this.userID);
    if (held && held.volume >= SPEECH && held.volume * 2 >= loudest.volume) this.#since = now;
    if (!loudest.userID || loudest.userID === this.userID) return;
    if (this.userID && now - this.#since < HOLD_MS) return;
    this.userID = loudest.userID;
    this.#since = now;
  }

  /** @param {string} userID */
  gone(userID) {
    if (userID === this.userID) this.userID = "";
  }
}
