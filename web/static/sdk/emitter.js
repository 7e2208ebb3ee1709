/**
 * An EventTarget whose events are typed by a map of name to detail.
 *
 * @template {object} M
 */
export class Emitter {
  #target = new EventTarget();

  /**
   * Listens to an event until the returned function is called.
   *
   * @template {keyof M & string} K
   * @param {K} type
   * @param {(detail: M[K]) => void} listener
   * @returns {() => void} stops listening
   */
  on(type, listener) {
    /** @param {Event} event */
    const handle = (event) => listener(/** @type {CustomEvent<M[K]>} */ (event).detail);
    this.#target.addEventListener(type, handle);
    return () => this.#target.removeEventListener(type, handle);
  }

  /**
   * Tells every listener, in the order they came.
   *
   * @protected
   * @template {keyof M & string} K
   * @param {K} type
   * @param {M[K]} detail
   */
  emit(type, detail) {
    this.#target.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
