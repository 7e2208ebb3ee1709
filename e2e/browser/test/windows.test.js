import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} ana @param {Person} bo */
async function talk(ana, bo) {
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);
}

/** @param {Person} person */
async function togglesPiP(person) {
  await person.press("More");
  await person.press("Picture in picture");
}

story("the pictures go into a small window of their own and come back, and the screen stays awake meanwhile", async (stage) => {
  const ana = await stage.enter("ana", ofAna, { before: { script: watchLocks, arg: "" } });
  const bo = await stage.enter("bo", ofBo);
  const locks = (/** @type {string} */ wanted) => ana.page.waitForFunction((wanted) => /** @type {any} */ (window).locks.map((/** @type {WakeLockSentinel} */ { type, released }) => `${type} ${released}`).join() === wanted, wanted);
  await talk(ana, bo);
  await locks("screen false");
  await togglesPiP(ana);
  await ana.page.getByText("The pictures are in a window of their own.").waitFor();
  await ana.page.waitForFunction(pictureMovesIn, "apart");
  await ana.press("Bring it back");
  await ana.page.getByText("The pictures are in a window of their own.").waitFor({ state: "detached" });
  await ana.sees("bo");
  await togglesPiP(ana);
  await bo.press("Hang up");
  await ana.comesTo("ended");
  await ana.page.waitForFunction(() => !(/** @type {any} */ (window).documentPictureInPicture.window)); // the window goes with the call
  await locks("screen true");
});

/** Whether the other one's picture moves in the small window. Runs in the page. */
function pictureMovesIn() {
  const { documentPictureInPicture } = /** @type {any} */ (window);
  const video = /** @type {HTMLVideoElement | null} */ (documentPictureInPicture.window?.document.querySelector("[data-testid=remote-video]"));
  return (video?.videoWidth ?? 0) > 0 && !video?.paused && (video?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 10;
}

story("where windows hold no documents, the largest picture floats", async (stage) => {
  const ana = await stage.enter("ana", ofAna, { before: { script: forgetDocumentPiP, arg: "" } });
  const bo = await stage.enter("bo", ofBo);
  await talk(ana, bo);
  await togglesPiP(ana);
  await ana.page.waitForFunction(() => document.pictureInPictureElement instanceof HTMLElement && document.pictureInPictureElement.dataset["testid"] === "remote-video");
  await togglesPiP(ana);
  await ana.page.waitForFunction(() => document.pictureInPictureElement === null);
  await ana.sees("bo");
});

/** Runs before the page's scripts. */
function forgetDocumentPiP() {
  Object.defineProperty(window, "documentPictureInPicture", { value: undefined });
}

/** Keeps the locks of the screen; each says whether it is released. Runs before the page's scripts. */
function watchLocks() {
  const { wakeLock } = navigator;
  const request = wakeLock.request.bind(wakeLock);
  /** @type {WakeLockSentinel[]} */
  const locks = [];
  wakeLock.request = async (type) => {
    const lock = await request(type);
    locks.push(lock);
    return lock;
  };
  Object.assign(window, { locks });
}
