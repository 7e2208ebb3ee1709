/**
 * The arithmetic of tiles: how many columns, how many fit, how large they are.
 * Knows no document.
 *
 * @typedef {object} Grid
 * @property {number} columns
 * @property {number} rows
 * @property {number} width of one tile, in pixels
 * @property {number} height
 */

/** Between two tiles, in pixels. */
export const GAP = 8;
/** A tile is no wider than a camera's picture; on a wide screen it is no narrower than a square, on a tall one than a phone's picture. */
const WIDEST = 16 / 9;
const SQUARE = 1;
const NARROWEST = 3 / 4;
/** Below this a face is no face any more. */
const LEAST_WIDTH = 132;
const LEAST_HEIGHT = 96;

/**
 * The grid in which tiles are largest.
 *
 * @param {number} count at least 1
 * @param {number} width of the space there is
 * @param {number} height
 * @returns {Grid}
 */
export function bestGrid(count, width, height) {
  const narrowest = width > height ? SQUARE : NARROWEST;
  let best = { columns: 1, rows: count, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const tile = shaped((width - GAP * (columns - 1)) / columns, (height - GAP * (rows - 1)) / rows, narrowest);
    if (tile.width * tile.height > best.width * best.height) best = { columns, rows, ...tile };
  }
  return best;
}

/**
 * The largest tile of a bearable shape in a cell.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} narrowest its width by its height
 */
function shaped(width, height, narrowest) {
  if (width <= 0 || height <= 0) return { width: 0, height: 0 };
  return { width: Math.min(width, height * WIDEST), height: Math.min(height, width / narrowest) };
}

/**
 * How many tiles a page may have without any of them getting too small.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} most
 */
export function capacity(width, height, most) {
  for (let count = most; count > 1; count--) {
    const tile = bestGrid(count, width, height);
    if (tile.width >= LEAST_WIDTH && tile.height >= LEAST_HEIGHT) return count;
  }
  return 1;
}

/**
 * One page of a list; the pages are as even as can be, so that none has a
 * single lost tile on it.
 *
 * @template T
 * @param {readonly T[]} list
 * @param {number} size how many fit on a page
 * @param {number} wanted from 0; taken back to the last there is
 * @returns {{items: readonly T[], page: number, pages: number}}
 */
export function pageOf(list, size, wanted) {
  const pages = Math.max(1, Math.ceil(list.length / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const even = Math.ceil(list.length / pages);
  return { items: list.slice(page * even, (page + 1) * even), page, pages };
}

/** Sizes this near are the same to whoever sends the picture. */
const STEADY = 1.25;

/**
 * The height to ask for: the old one as long as the new one is near it, so
 * that dragging a window asks for few pictures.
 *
 * @param {number} asked in pixels; 0 if nothing was asked for yet
 * @param {number} now
 */
export function steadyHeight(asked, now) {
  const near = asked > 0 && now < asked * STEADY && now > asked / STEADY;
  return near ? asked : Math.round(now);
}
