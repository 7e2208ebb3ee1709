/** @param {Event} event */
function rowOf({ target }) {
  return target instanceof Element ? target.closest("li") : null;
}

/**
 * Refuses clicks that end on another row of a list than they began on: the list
 * has moved under the finger, and whoever pointed at one person would call
 * another. A browser sees to that for a mouse; what a finger touched it looks
 * up only as the finger goes.
 *
 * @param {HTMLElement} host the rows in it are watched
 */
export function refuseSlips(host) {
  /** Where a finger or a button went down; undefined while none has. @type {Element | null | undefined} */
  let began;
  host.addEventListener("pointerdown", (event) => void (began = rowOf(event)), true);
  host.addEventListener("click", (event) => {
    const row = rowOf(event);
    const pointed = event.detail > 0 && began !== undefined; // a key and a script click with 0
    if (pointed && row && row !== began) {
      event.preventDefault();
      event.stopPropagation();
    }
    began = undefined;
  }, true);
}
