import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} person */
async function togglesPiP(person) {
  await person.press("More");
  await person.press("Picture in picture");
}

story("during a call the screen stays awake, and the pictures go into a small window, or one of them floats", async (stage) => {
  const ana = await stage.enter("ana", ofAna, { before: { script: watchLocks, arg: "" } });
  const bo = await stage.enter("bo", ofBo, { before: { script: forgetDocumentPiP, arg: "" } });
  const locks = (/** @type {string} */ wanted) => ana.page.waitForFunction((wanted) => /** @type {any} */ (window).locks.map((/** @type {WakeLockSentinel} */ { type, released }) => `${type} ${released}`).join() === wanted, wanted);
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.sees("bo"), bo.sees("ana"), locks("screen false")]);

  const away = ana.page.getByText("The pictures are in a window of their own.");
  await togglesPiP(ana);
  await Promise.all([away.waitFor(), ana.page.waitForFunction(pictureMovesApart)]);
  await ana.press("Bring it back");
  await away.waitFor({ state: "detached" });
  await ana.sees("bo");

  // Where windows hold no documents, it is the largest picture.
  await togglesPiP(bo);
  await bo.page.waitForFunction(() => document.pictureInPictureElement instanceof HTMLElement && document.pictureInPictureElement.dataset["testid"] === "remote-video");
  await togglesPiP(bo);
  await bo.page.waitForFunction(() => document.pictureInPictureElement === null);
  await bo.sees("ana");

  await togglesPiP(ana);
  await away.waitFor();
  await bo.press("Hang up");
  await ana.comesTo("ended");
  await Promise.all([locks("screen true"), ana.page.waitForFunction(() => !(/** @type {any} */ (window).documentPictureInPicture.window))]); // the window goes with the call
});

/** Whether the other one's picture moves in the small window. Runs in the page. */
function pictureMovesApart() {
  const { documentPictureInPicture } = /** @type {any} */ (window);
  const video = /** @type {HTMLVideoElement | null} */ (documentPictureInPicture.window?.document.querySelector("[data-testid=remote-video]"));
  return (video?.videoWidth ?? 0) > 0 && !video?.paused && (video?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 10;
}

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
