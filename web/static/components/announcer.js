/**
 * What happens to the others of a call in sentences for a live region: not
 * more than one a second or so, those of the same kind in one.
 *
 * @typedef {"joined" | "left" | "declined" | "handRaised" | "sharing" | "reacted"} News
 */

const EVERY_MS = 1_200;

export class Announcer {
  /** @type {Map<string, string[]>} */
  #waiting = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #say;
  #sentence;

  /**
   * @param {(text: string) => void} say
   * @param {(news: News, names: string) => string} sentence
   */
  constructor(say, sentence) {
    this.#say = say;
    this.#sentence = sentence;
  }

  /** @param {News} news @param {string} name */
  tell(news, name) {
    this.#waiting.set(news, [...(this.#waiting.get(news) ?? []).filter((each) => each !== name), name]);
    this.#timer ??= setTimeout(() => this.#flush(), EVERY_MS);
  }

  /** Says something at once, alone. @param {string} text */
  now(text) {
    this.#say(text);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  #flush() {
    this.#timer = undefined;
    const all = [...this.#waiting].map(([news, names]) => this.#sentence(/** @type {News} */ (news), several(names)));
    this.#waiting.clear();
    this.#say(all.join(" "));
  }
}

/** Some names, and how many more. @param {readonly string[]} names */
function several(names) {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} +${names.length - 3}` : shown;
}

/**
 * What is new between two looks at the others.
 *
 * @param {ReadonlyMap<string, string>} before their states
 * @param {ReadonlyMap<string, string>} after
 * @returns {{news: News, userID: string}[]}
 */
export function newsOf(before, after) {
  /** @type {{news: News, userID: string}[]} */
  const all = [];
  for (const [userID, state] of after) {
    if (state === before.get(userID)) continue;
    if (state === "joined") all.push({ news: "joined", userID });
    else if (state === "left") all.push({ news: "left", userID });
    else if (state === "declined") all.push({ news: "declined", userID });
  }
  for (const [userID, state] of before) if (state === "joined" && !after.has(userID)) all.push({ news: "left", userID });
  return all;
}
