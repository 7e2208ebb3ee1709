import { html, nothing } from "../vendor/lit-html.js";
import { faultSentence } from "./faults.js";

/** Something a person asked for: under way, done, or failed. */
export class Deed {
  /** It is under way. */
  busy = false;
  /** It was done, and nothing was asked for since. */
  done = false;
  #fault = "";
  #changed;

  /** @param {() => void} changed it stands otherwise: draw */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * Does it; what goes wrong is shown by fault().
   *
   * @param {() => Promise<unknown>} act
   * @returns {Promise<boolean>} whether it was done
   */
  async do(act) {
    this.busy = true;
    this.done = false;
    this.#fault = "";
    this.#changed();
    try {
      await act();
      this.done = true;
    } catch (thrown) {
      this.#fault = faultSentence(thrown);
    }
    this.busy = false;
    this.#changed();
    return this.done;
  }

  /** Why it failed, to be put where it was asked for. */
  fault() {
    return this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing;
  }
}
