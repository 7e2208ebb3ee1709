import { portraits } from "../support/portraits.js";
import { opensPanel } from "../support/meeting.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} ana @param {Person} bo */
async function talk(ana, bo) {
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);
}

story("who talks while muted is told so", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await talk(ana, bo);
  const notice = bo.page.getByText("You are muted. Nobody hears you.");
  await bo.press("Mute microphone");
  await notice.waitFor();
  await bo.press("Mute microphone");
  await notice.waitFor({ state: "detached" });
});

story("a microphone that gives nothing is noticed, and another one offered", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo, { before: { script: breakMicrophone, arg: "" } });
  await talk(ana, bo);
  const notice = bo.page.getByTestId("mic-silent");
  await notice.getByRole("button", { name: "Choose another" }).click();
  await bo.page.getByRole("region", { name: "Camera, microphone and speaker" }).waitFor();
  await bo.page.evaluate(() => /** @type {any} */ (window).repairMicrophone());
  await notice.waitFor({ state: "detached" });
});

/** A microphone whose switch is off: it is there, and gives digital silence. Runs before the page's scripts. */
function breakMicrophone() {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    const [heard] = stream.getAudioTracks();
    if (!heard) return stream;
    const context = new AudioContext();
    const gain = new GainNode(context, { gain: 0 });
    const out = new MediaStreamAudioDestinationNode(context);
    new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([heard]) }).connect(gain).connect(out);
    Object.assign(window, { repairMicrophone: () => (gain.gain.value = 1) });
    return new MediaStream([...out.stream.getAudioTracks(), ...stream.getVideoTracks()]);
  };
}

story("a device that is plugged in is offered, and used when that is wanted", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo, { before: { script: plugInLater, arg: "Headset" } });
  await talk(ana, bo);
  await bo.sees("ana");
  await bo.page.evaluate(() => /** @type {any} */ (window).plugIn());
  const offer = bo.page.getByTestId("new-device");
  await offer.getByText("Headset was plugged in").waitFor();
  await offer.getByRole("button", { name: "Use it" }).click();
  await offer.waitFor({ state: "detached" });
  await bo.press("Camera, microphone and speaker");
  const microphone = bo.page.getByRole("region", { name: "Camera, microphone and speaker" }).getByLabel("Microphone");
  await microphone.locator("option:checked", { hasText: "Headset" }).waitFor({ state: "attached" });
  await ana.hears("bo");
});

/** One of the browser's microphones goes by another name until it is plugged in. Runs before the page's scripts. @param {string} label */
function plugInLater(label) {
  const { mediaDevices } = navigator;
  const list = mediaDevices.enumerateDevices.bind(mediaDevices);
  let there = false;
  mediaDevices.enumerateDevices = async () => {
    const all = await list();
    const named = { deviceId: "headset", groupId: "", kind: /** @type {const} */ ("audioinput"), label, toJSON: () => ({}) };
    return there ? [...all, named] : all;
  };
  Object.assign(window, {
    plugIn: () => {
      there = true;
      mediaDevices.dispatchEvent(new Event("devicechange"));
    },
  });
}

story("ana turns bo's voice down, for herself alone", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await talk(ana, bo);
  await Promise.all([ana.hears("bo"), bo.hears("ana")]);
  const plays = (/** @type {Person} */ { page }, /** @type {boolean} */ wanted) => page.waitForFunction((wanted) => /** @type {any} */ (window).probe.playing() === wanted, wanted);
  await plays(ana, true);
  await opensPanel(ana, "People");
  await ana.press("More for bo");
  const volume = ana.page.getByRole("slider", { name: "Volume of bo" });
  await volume.fill("0");
  await Promise.all([plays(ana, false), plays(bo, true)]);
  await volume.focus();
  await ana.page.keyboard.press("ArrowRight");
  await plays(ana, true);
});
