/** So far a finger has to go sideways, in pixels; less is a tap that trembled. */
const LEAST_PX = 48;
/** And so much further than up or down. */
const SIDEWAYS = 1.5;

/**
 * Watches fingers that go sideways over an element. Mice select and drag; they
 * have buttons to press.
 *
 * @param {EventTarget} host its touch-action leaves sideways movements to the page
 * @param {(by: 1 | -1) => void} swiped 1: to the left, for what comes next; -1: to the right
 * @returns {() => void} stops
 */
export function watchSwipes(host, swiped) {
  /** The only finger that is down, and where it came down. @type {{pointerId: number, clientX: number, clientY: number} | null} */
  let began = null;
  /** @param {PointerEvent} event */
  const down = (event) => {
    if (event.pointerType === "mouse") return;
    const { pointerId, clientX, clientY } = event;
    began = began || !event.isPrimary ? null : { pointerId, clientX, clientY }; // two fingers pinch
  };
  /** @param {PointerEvent} event */
  const up = (event) => {
    const from = began;
    began = null;
    if (!from || event.pointerId !== from.pointerId) return;
    const across = event.clientX - from.clientX;
    const along = Math.abs(event.clientY - from.clientY);
    if (Math.abs(across) >= LEAST_PX && Math.abs(across) > along * SIDEWAYS) swiped(across < 0 ? 1 : -1);
  };
  const cancel = () => void (began = null);
  const listeners = /** @type {const} */ ([["pointerdown", down], ["pointerup", up], ["pointercancel", cancel]]);
  for (const [name, listener] of listeners) host.addEventListener(name, /** @type {EventListener} */ (listener));
  return () => {
    for (const [name, listener] of listeners) host.removeEventListener(name, /** @type {EventListener} */ (listener));
  };
}
