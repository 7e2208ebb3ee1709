import { opensPanel } from "../support/meeting.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, before: { script: addCamera, arg: "back" } };

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} person @param {string} name */
async function chooses(person, name) {
  await person.press("More");
  await person.press(name);
}

/** Waits until voices are played, or none is. @param {Person} person @param {boolean} wanted */
async function plays({ page }, wanted) {
  await page.waitForFunction((wanted) => /** @type {any} */ (window).probe.playing() === wanted, wanted);
}

story("ana turns bo down and wants voices only, for herself alone; bo takes his phone's other camera", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo, phone);
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.sees("bo"), bo.sees("ana"), ana.hears("bo"), bo.hears("ana"), plays(ana, true)]);

  await opensPanel(ana, "People");
  await ana.press("More for bo");
  const volume = ana.page.getByRole("slider", { name: "Volume of bo" });
  await volume.fill("0");
  await Promise.all([plays(ana, false), plays(bo, true)]);
  await volume.press("ArrowRight");
  await plays(ana, true);

  await chooses(ana, "Voices only, to save data");
  await ana.page.waitForFunction(() => /** @type {HTMLVideoElement | null} */ (document.querySelector("[data-testid=remote-video]"))?.srcObject === null);
  await Promise.all([ana.hears("bo"), bo.sees("ana")]);
  await chooses(ana, "Voices only, to save data");
  await ana.sees("bo");

  await chooses(bo, "Switch camera");
  await bo.page.waitForFunction(() => /** @type {any} */ (window).camerasAsked.at(-1) === "back");
  await Promise.all([ana.sees("bo"), bo.sees("bo", "local-video")]);
});

/** The camera at the other side of a phone, which shows the same as the first. Runs before the page's scripts. @param {string} deviceId */
function addCamera(deviceId) {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const list = mediaDevices.enumerateDevices.bind(mediaDevices);
  /** Which were asked for. @type {unknown[]} */
  const camerasAsked = [];
  mediaDevices.getUserMedia = (constraints = {}) => {
    const { video } = constraints;
    if (typeof video === "object" && typeof video.deviceId === "object" && "ideal" in video.deviceId) camerasAsked.push(video.deviceId.ideal);
    return open(constraints);
  };
  mediaDevices.enumerateDevices = async () => [...(await list()), { deviceId, groupId: "", kind: /** @type {const} */ ("videoinput"), label: "Back", toJSON: () => ({}) }];
  Object.assign(window, { camerasAsked });
}
