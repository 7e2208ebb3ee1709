/**
 * @typedef {{window: Window | null, requestWindow(options: {width: number, height: number}): Promise<Window>}} DocumentPiP
 */

/**
 * A small window that stays in front: with the tiles in it where the browser
 * has windows for documents, else with the picture of one.
 */
export class PictureInPicture {
  /** @type {Window | null} */
  #window = null;
  #changed;

  /** @param {() => void} changed it was opened or closed */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Whether this browser has either kind. */
  static get possible() {
    return documentPiP() !== null || document.pictureInPictureEnabled === true;
  }

  /** The tiles are in a window of their own. */
  get away() {
    return this.#window !== null;
  }

  get open() {
    return this.#window !== null || document.pictureInPictureElement !== null;
  }

  /**
   * @param {HTMLElement} tiles moved into the window, and back when it is closed
   * @param {HTMLVideoElement | null} picture for browsers that know pictures only
   */
  async toggle(tiles, picture) {
    if (this.open) return this.close();
    const pip = documentPiP();
    if (pip) await this.#openWindow(pip, tiles);
    else if (picture) await picture.requestPictureInPicture();
    this.#changed();
  }

  close() {
    this.#window?.close();
    if (document.pictureInPictureElement) void document.exitPictureInPicture();
  }

  /** @param {DocumentPiP} pip @param {HTMLElement} tiles */
  async #openWindow(pip, tiles) {
    const opened = await pip.requestWindow({ width: 420, height: 320 });
    const home = tiles.parentElement;
    const before = tiles.nextSibling;
    this.#window = opened;
    for (const link of document.querySelectorAll("link[rel=stylesheet]")) opened.document.head.append(link.cloneNode());
    opened.document.documentElement.dataset.theme = document.documentElement.dataset.theme ?? "auto";
    opened.document.body.className = "stage pip-stage";
    opened.document.body.append(tiles);
    playAll(tiles);
    opened.addEventListener("pagehide", () => {
      this.#window = null;
      if (home?.isConnected) {
        home.insertBefore(tiles, before);
        playAll(tiles);
      }
      this.#changed();
    }, { once: true });
  }
}

/** A video that is moved to another place stops. @param {HTMLElement} tiles */
function playAll(tiles) {
  for (const video of tiles.querySelectorAll("video")) if (video.srcObject) void video.play();
}

/** @returns {DocumentPiP | null} */
function documentPiP() {
  return /** @type {{documentPictureInPicture?: DocumentPiP}} */ (/** @type {unknown} */ (window)).documentPictureInPicture ?? null;
}
