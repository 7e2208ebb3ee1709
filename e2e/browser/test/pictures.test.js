import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const twoCameras = { ...ofBo, args: ["--use-fake-device-for-media-stream=device-count=2"] };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} ana @param {Person} bo */
async function talk(ana, bo) {
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);
}

/** @param {Person} person @param {string} name */
async function chooses(person, name) {
  await person.press("More");
  await person.press(name);
}

story("who wants voices only is shown none of the others' cameras, and is seen all the same", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await talk(ana, bo);
  await chooses(ana, "Voices only, to save data");
  await ana.page.waitForFunction(() => /** @type {HTMLVideoElement | null} */ (document.querySelector("[data-testid=remote-video]"))?.srcObject === null);
  await Promise.all([ana.hears("bo"), bo.sees("ana")]);
  await chooses(ana, "Voices only, to save data");
  await ana.sees("bo");
});

story("a phone's other camera is a touch away", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", twoCameras, phone);
  await talk(ana, bo);
  const first = await bo.page.evaluate(cameraInUse);
  await chooses(bo, "Switch camera");
  await bo.page.waitForFunction((first) => {
    const video = /** @type {HTMLVideoElement | null} */ (document.querySelector("[data-testid=local-video]"));
    const track = video?.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : null;
    return track !== null && track !== undefined && track.getSettings().deviceId !== first;
  }, first);
  await Promise.all([ana.sees("bo"), bo.sees("bo", "local-video")]);
});

/** Runs in the page. */
function cameraInUse() {
  const video = /** @type {HTMLVideoElement | null} */ (document.querySelector("[data-testid=local-video]"));
  return video?.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0]?.getSettings().deviceId : "";
}
