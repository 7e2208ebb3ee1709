import { bestGrid, capacity, GAP, pageOf } from "./grid-math.js";

/**
 * Where tiles lie. Knows no document: a space and keys go in, rectangles come
 * out, measured from the start edge, which is the right one in right-to-left
 * scripts.
 *
 * @typedef {"full" | "cell" | "stage" | "strip" | "float"} Role
 * @typedef {{x: number, y: number, width: number, height: number, role: Role}} Place
 *
 * @typedef {object} Space
 * @property {number} width
 * @property {number} height
 * @property {{top: number, bottom: number, start: number, end: number}} insets what lies over its edges
 *
 * @typedef {object} Wanted
 * @property {readonly string[]} keys the tiles, in order
 * @property {string} stage the one that is large; empty for none
 * @property {string} float the one that floats over a single other: one's own; empty for none
 * @property {string} own one's own, which is on the first page however many there are; empty for none
 * @property {number} page
 *
 * @typedef {object} Arrangement
 * @property {Map<string, Place>} places those on this page
 * @property {number} page the one shown, which may be another than wanted
 * @property {number} pages
 */

/** From this shape on the others lie beside the stage. */
const BESIDE = 1.15;
/** So many pictures at once, and no more however large the screen. */
const MOST = 16;

/**
 * @param {Space} space
 * @param {Wanted} wanted
 * @returns {Arrangement}
 */
export function arrange(space, wanted) {
  const { keys, stage, float } = wanted;
  const others = keys.filter((key) => key !== float);
  if (!stage && float && others.length === 1) return duo(space, String(others[0]), float);
  if (stage && keys.includes(stage)) return staged(space, wanted);
  return grid(space, wanted);
}

/**
 * A single other over everything, oneself in the corner.
 *
 * @param {Space} space
 * @param {string} other
 * @param {string} float
 * @returns {Arrangement}
 */
function duo({ width, height, insets }, other, float) {
  const room = { width: width - insets.start - insets.end, height };
  const narrow = room.width < 640;
  const selfWidth = Math.round(Math.min(240, Math.max(104, room.width * 0.22)));
  const selfHeight = Math.round(narrow ? selfWidth / 0.75 : selfWidth / 1.6);
  const places = new Map([
    [other, place("full", insets.start, 0, room.width, height)],
    [float, place("float", width - insets.end - selfWidth - (narrow ? 16 : 20), height - insets.bottom - selfHeight, selfWidth, selfHeight)],
  ]);
  return { places, page: 0, pages: 1 };
}

/**
 * @param {Space} space
 * @param {Wanted} wanted
 * @returns {Arrangement}
 */
function grid(space, { keys, own, page: wantedPage }) {
  const box = inside(space);
  const size = capacity(box.width, box.height, MOST);
  const { items, page, pages } = pageOf(onFirstPage(keys, own, size), size, wantedPage);
  const { columns, rows, width, height } = bestGrid(Math.max(1, items.length), box.width, box.height);
  const top = box.y + (box.height - rows * height - (rows - 1) * GAP) / 2;
  const places = new Map(items.map((key, i) => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, items.length - row * columns); // the last row is centred
    const start = box.x + (box.width - inRow * width - (inRow - 1) * GAP) / 2;
    return [key, place("cell", start + (i % columns) * (width + GAP), top + row * (height + GAP), width, height)];
  }));
  return { places, page, pages };
}

/**
 * One large, the others beside it where there is width, else under it: in a
 * tall space a camera's picture has no use for all of it, and the others have.
 *
 * @param {Space} space
 * @param {Wanted} wanted
 * @returns {Arrangement}
 */
function staged(space, { keys, stage, own, page: wantedPage }) {
  const box = inside(space);
  const rest = keys.filter((key) => key !== stage);
  if (rest.length === 0) return { places: new Map([[stage, place("stage", box.x, box.y, box.width, box.height)]]), page: 0, pages: 1 };
  const strip = box.width > box.height * BESIDE ? besides(box) : below(box, rest.length);
  const size = strip.columns * strip.rows;
  const { items, page, pages } = pageOf(onFirstPage(rest, own, size), size, wantedPage);
  const rows = Math.ceil(items.length / strip.columns);
  const top = strip.y + (strip.height - rows * strip.tile.height - (rows - 1) * GAP) / 2;
  const places = new Map([[stage, place("stage", box.x, box.y, strip.stage.width, strip.stage.height)]]);
  items.forEach((key, i) => {
    const row = Math.floor(i / strip.columns);
    const inRow = Math.min(strip.columns, items.length - row * strip.columns);
    const start = strip.x + (strip.width - inRow * strip.tile.width - (inRow - 1) * GAP) / 2;
    places.set(key, place("strip", start + (i % strip.columns) * (strip.tile.width + GAP), top + row * (strip.tile.height + GAP), strip.tile.width, strip.tile.height));
  });
  return { places, page, pages };
}

/**
 * Where the others lie, and how large the stage is beside them.
 *
 * @typedef {{x: number, y: number, width: number, height: number, columns: number, rows: number, tile: {width: number, height: number}, stage: {width: number, height: number}}} Strip
 */

/** @param {ReturnType<typeof inside>} box @returns {Strip} */
function besides(box) {
  const width = Math.round(Math.min(248, Math.max(124, box.width * 0.19)));
  const height = Math.round((width * 9) / 16);
  const rows = fitting(box.height, height, MOST - 1);
  return { x: box.x + box.width - width, y: box.y, width, height: box.height, columns: 1, rows, tile: { width, height }, stage: { width: box.width - width - GAP, height: box.height } };
}

/** @param {ReturnType<typeof inside>} box @param {number} count of the others @returns {Strip} */
function below(box, count) {
  const width = Math.round(Math.min(160, Math.max(104, box.width * 0.3)));
  const height = Math.round(Math.min(width * 0.8, Math.max(64, box.height * 0.3)));
  const columns = fitting(box.width, width, MOST - 1);
  const rows = Math.min(Math.ceil(count / columns), fitting(box.height - box.width - GAP, height, Math.floor((MOST - 1) / columns)));
  const taken = rows * (height + GAP);
  return { x: box.x, y: box.y + box.height - taken + GAP, width: box.width, height: taken - GAP, columns, rows, tile: { width, height }, stage: { width: box.width, height: box.height - taken } };
}

/** How many of a size fit one after another; one always. @param {number} length @param {number} size @param {number} most */
function fitting(length, size, most) {
  return Math.max(1, Math.min(most, Math.floor((length + GAP) / (size + GAP))));
}

/**
 * One's own tile is the last one of the first page, where it would be on a later
 * one: who looks whether they are seen does not turn pages.
 *
 * @param {readonly string[]} keys
 * @param {string} own
 * @param {number} size how many fit on a page
 */
function onFirstPage(keys, own, size) {
  const first = pageOf(keys, size, 0).items.length;
  const at = keys.indexOf(own);
  if (at < first) return keys;
  const others = keys.filter((key) => key !== own);
  return [...others.slice(0, first - 1), own, ...others.slice(first - 1)];
}

/** The space without its insets. @param {Space} space */
function inside({ width, height, insets: { top, bottom, start, end } }) {
  return { x: start, y: top, width: Math.max(1, width - start - end), height: Math.max(1, height - top - bottom) };
}

/**
 * @param {Role} role
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @returns {Place}
 */
function place(role, x, y, width, height) {
  return { role, x: Math.round(x), y: Math.round(y), width: Math.floor(width), height: Math.floor(height) };
}
