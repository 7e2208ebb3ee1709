import { CallTile } from "./call-tile.js";
import { Component } from "./component.js";
import { steadyHeight } from "./grid-math.js";
import { arrange } from "./stage-layout.js";

/**
 * @typedef {Omit<import("./call-tile.js").TileData, "role" | "width" | "height">} Tile
 *
 * @typedef {object} GridData
 * @property {readonly Tile[]} tiles in order
 * @property {string} stage the key of the large one; empty for none
 * @property {string} float the key of the one that floats over a single other; empty for none
 * @property {string} own the key of one's own; empty for none
 * @property {number} page
 * @property {{top: number, bottom: number, start: number, end: number}} insets what lies over the edges, in pixels
 * @property {(tile: Tile, video: HTMLVideoElement | null, height: number) => void} show brings a tile's picture to an
 *   element, or takes it away; height in device pixels
 * @property {(page: number, pages: number) => void} turned another page is shown, or there are more or fewer
 */

/** Whoever is asked may be there any moment, and their picture with them. */
const COMING = new Set(["inviting", "accepted", "joined"]);

/**
 * Tiles that fill their space: in a grid, beside a large one, or one over
 * another. Only the pictures of the page that is seen are asked for, each in
 * the size it is shown at.
 *
 * A tile's element stays where it is in the document as long as the tile is
 * shown: a video that is moved stops.
 *
 * @extends {Component<GridData>}
 */
export class CallGrid extends Component {
  /** @type {Map<string, CallTile>} */
  #elements = new Map();
  /** What was asked for. @type {Map<string, {tile: Tile, height: number}>} */
  #asked = new Map();
  #turned = "";

  /** @override */
  connected() {
    const observer = new ResizeObserver(() => this.draw());
    observer.observe(this);
    this.until(() => observer.disconnect());
  }

  /** @override */
  disconnected() {
    for (const key of [...this.#asked.keys()]) this.#unask(key);
    for (const key of [...this.#elements.keys()]) this.#remove(key);
  }

  /** @override */
  draw() {
    const { tiles, stage, float, own, page, insets, turned } = this.data;
    const { clientWidth: width, clientHeight: height } = this;
    if (width === 0 || height === 0) return;
    const keys = tiles.map(({ key }) => key);
    const arranged = arrange({ width, height, insets }, { keys, stage, float, own, page });
    for (const key of [...this.#elements.keys()]) if (!arranged.places.has(key)) this.#remove(key);
    for (const tile of tiles) {
      const place = arranged.places.get(tile.key);
      if (place) this.#put(tile, place);
    }
    this.#tell(arranged, turned);
  }

  /** @param {Tile} tile @param {import("./stage-layout.js").Place} place */
  #put(tile, place) {
    const known = this.#elements.get(tile.key);
    const element = known ?? new CallTile();
    element.data = { ...tile, role: place.role, width: place.width, height: place.height };
    const { style } = element;
    style.insetInlineStart = `${place.x}px`;
    style.top = `${place.y}px`;
    style.width = `${place.width}px`;
    style.height = `${place.height}px`;
    element.dataset.role = place.role;
    if (!known) {
      this.#elements.set(tile.key, element);
      this.append(element);
    }
    this.#ask(tile, element, place.height * devicePixelRatio);
  }

  /** @param {Tile} tile @param {CallTile} element @param {number} height */
  #ask(tile, element, height) {
    if (tile.self) return;
    if (!tile.wanted || !COMING.has(tile.state)) return this.#unask(tile.key);
    const asked = this.#asked.get(tile.key)?.height ?? 0;
    const wanted = steadyHeight(asked, height);
    if (wanted === asked) return;
    this.#asked.set(tile.key, { tile, height: wanted });
    this.data.show(tile, element.video, wanted);
  }

  /** @param {string} key */
  #unask(key) {
    const asked = this.#asked.get(key);
    if (!asked) return;
    this.#asked.delete(key);
    this.data.show(asked.tile, null, 0);
  }

  /** @param {string} key */
  #remove(key) {
    this.#unask(key);
    this.#elements.get(key)?.remove();
    this.#elements.delete(key);
  }

  /** @param {{page: number, pages: number}} arranged @param {GridData["turned"]} turned */
  #tell({ page, pages }, turned) {
    const now = `${page}/${pages}`;
    if (now === this.#turned) return;
    this.#turned = now;
    turned(page, pages);
  }
}

customElements.define("call-grid", CallGrid);
