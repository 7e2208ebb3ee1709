import { Emitter } from "../sdk/emitter.js";

/**
 * @typedef {"people" | "chats" | "calls"} Tab
 * @typedef {"" | "settings" | "newGroup" | "group" | "contact" | "groupVideo" | "groupVoice"} SheetName what lies over the page
 *
 * @typedef {object} Route where one is in the page; the address says it after the #
 * @property {Tab} tab
 * @property {string} conversationID open beside the tab, or over it on a phone; empty if none is
 * @property {SheetName} sheet
 */

/** @type {readonly Tab[]} */
const TABS = ["people", "chats", "calls"];
/** @type {readonly SheetName[]} */
const SHEETS = ["settings", "newGroup", "group", "contact", "groupVideo", "groupVoice"];

/** @param {string} hash @param {Tab} home @returns {Route} */
function routeOf(hash, home) {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    tab: TABS.find((tab) => tab === said.get("tab")) ?? home,
    conversationID: said.get("chat") ?? "",
    sheet: SHEETS.find((sheet) => sheet === said.get("sheet")) ?? "",
  };
}

/** @param {Route} route */
function hashOf({ tab, conversationID, sheet }) {
  return `#${new URLSearchParams({ tab, ...(conversationID && { chat: conversationID }), ...(sheet && { sheet }) })}`;
}

/**
 * Keeps the place one is at in the browser's history, so that a phone's back
 * button goes back within the page.
 *
 * @extends {Emitter<{change: Route}>}
 */
export class Router extends Emitter {
  #route;

  /** @param {Tab} home where one is to begin with */
  constructor(home) {
    super();
    this.#route = routeOf(location.hash, home);
  }

  get route() {
    return this.#route;
  }

  /** Follows the browser's back and forward until the returned function is called. */
  listen() {
    const popped = () => this.#enter(routeOf(location.hash, this.#route.tab));
    addEventListener("popstate", popped);
    return () => removeEventListener("popstate", popped);
  }

  /** Goes on to another place. @param {Partial<Route>} changes */
  go(changes) {
    const next = { ...this.#route, ...changes };
    if (hashOf(next) === hashOf(this.#route)) return;
    history.pushState({ depth: this.#depth + 1 }, "", hashOf(next));
    this.#enter(next);
  }

  /** Goes to another place that takes the place of this one. @param {Partial<Route>} changes */
  replace(changes) {
    const next = { ...this.#route, ...changes };
    history.replaceState(history.state, "", hashOf(next));
    this.#enter(next);
  }

  /** Goes back to where one came from, or, if the page was opened here, to what lies under it. */
  back() {
    if (this.#depth > 0) return history.back();
    const { tab, conversationID, sheet } = this.#route;
    this.replace({ tab, conversationID: sheet ? conversationID : "", sheet: "" });
  }

  /** How many places of this page lie behind. */
  get #depth() {
    return Number(history.state?.depth ?? 0);
  }

  /** @param {Route} route */
  #enter(route) {
    this.#route = route;
    this.emit("change", route);
  }
}
