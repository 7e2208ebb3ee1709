import { render } from "../vendor/lit-html.js";
import { keepFocus } from "./focus.js";
import { refuseSlips } from "./press.js";

const { port1: doorbell, port2: inbox } = new MessageChannel();
/** @type {(() => void)[]} */
let waiting = [];
inbox.onmessage = () => {
  const batch = waiting;
  waiting = [];
  for (const task of batch) task();
};

/**
 * Runs a task after the present one. Unlike a timer it is not slowed down in a
 * hidden page, where a call has to be seen coming too.
 *
 * @param {() => void} task
 */
function soon(task) {
  if (waiting.push(task) === 1) doorbell.postMessage(null);
}

/**
 * A custom element that draws itself into its own light DOM, so that a page's
 * own style sheet reaches it. What it shows comes in `data` or from things it
 * listens to; update() draws once, however often it is asked.
 *
 * @template [D=null]
 */
export class Component extends HTMLElement {
  /** @type {D | undefined} */
  #data;
  #queued = false;
  /** @type {(() => void)[]} */
  #stops = [];

  constructor() {
    super();
    refuseSlips(this);
  }

  /** What the parent gives; set before the element is connected. */
  get data() {
    return /** @type {D} */ (this.#data);
  }

  set data(data) {
    this.#data = data;
    this.update();
  }

  connectedCallback() {
    this.connected();
    this.draw();
  }

  disconnectedCallback() {
    for (const stop of this.#stops.splice(0)) stop();
    this.disconnected();
  }

  /** Draws soon: in a task of its own, so that what a click has to send leaves first. */
  update() {
    if (this.#queued) return;
    this.#queued = true;
    soon(() => {
      this.#queued = false;
      if (this.isConnected) this.draw();
    });
  }

  /** Draws now. @protected */
  draw() {
    keepFocus(this, () => render(this.template(), this));
    this.drawn();
  }

  /**
   * Calls `stop` when the element leaves the page.
   *
   * @protected
   * @param {...() => void} stops
   */
  until(...stops) {
    this.#stops.push(...stops);
  }

  /**
   * An element inside this one, by selector; it must be there.
   *
   * @protected
   * @template {HTMLElement} E
   * @param {string} selector
   * @param {new () => E} type
   * @returns {E}
   */
  inner(selector, type) {
    const found = this.querySelector(selector);
    if (found instanceof type) return found;
    throw new Error(`<${this.localName}> has no ${selector}`);
  }

  /** The element came into a page: listen to things here. @protected */
  connected() {}
  /** It left the page. @protected */
  disconnected() {}
  /** It was drawn: touch its parts here. @protected */
  drawn() {}

  /** What it looks like now. @protected @returns {unknown} */
  template() {
    throw new Error(`<${this.localName}> has no template`);
  }
}
