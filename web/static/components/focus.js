const FOCUSABLE = "button:not([disabled]), [href], input:not([disabled]), select:not([disabled]), textarea:not([disabled])";

/** Those that are open; the last lies over the others and alone holds the focus. @type {object[]} */
const traps = [];

/**
 * Keeps the focus inside an element with a role of dialog: it goes to the
 * dialog itself at once, Tab goes round in it, and it comes back to where it
 * was in the end.
 *
 * @param {HTMLElement} host the element that draws the dialog
 * @returns {() => void} gives the focus back
 */
export function trapFocus(host) {
  const before = document.activeElement;
  const dialog = () => /** @type {HTMLElement | null} */ (host.querySelector("[role=dialog], [role=alertdialog]"));
  // The dialog is drawn after its host is connected.
  queueMicrotask(() => dialog()?.focus());

  /** @param {KeyboardEvent} event */
  const turn = (event) => {
    if (event.key !== "Tab" || traps[traps.length - 1] !== turn) return;
    const all = [.../** @type {NodeListOf<HTMLElement>} */ (host.querySelectorAll(FOCUSABLE))].filter((each) => each.offsetParent);
    const first = all[0];
    const last = all[all.length - 1];
    if (!first || !last) return event.preventDefault();
    const active = document.activeElement;
    const outside = !host.contains(active);
    if (event.shiftKey && (outside || active === first || active === dialog())) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && (outside || active === last)) {
      event.preventDefault();
      first.focus();
    }
  };
  document.addEventListener("keydown", turn);
  traps.push(turn);
  return () => {
    traps.splice(traps.indexOf(turn), 1);
    document.removeEventListener("keydown", turn);
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}

/**
 * Changes what is inside an element and leaves the focus where it was. A browser
 * takes it from what is moved in the document, as a row is whose list has
 * another order now; what was taken out of the document loses it to nobody.
 *
 * @param {HTMLElement} host
 * @param {() => void} change
 */
export function keepFocus(host, change) {
  const before = document.activeElement;
  change();
  const lost = before instanceof HTMLElement && document.activeElement === document.body;
  if (lost && host.contains(before)) before.focus({ preventScroll: true });
}

/**
 * Whether a key press goes into a field, where letters are letters.
 *
 * @param {Event} event
 */
export function typing(event) {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}
