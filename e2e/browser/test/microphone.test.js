import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const DEVICES = "Camera, microphone and speaker";

story("one's microphone is looked after: a dead one is noticed, a new one offered, and talking while muted told", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo, { before: { script: breakMicrophone, arg: "Headset" } });
  const { page } = bo;
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([bo.comesTo("connected"), bo.sees("ana")]);

  const silent = page.getByTestId("mic-silent");
  await silent.getByRole("button", { name: "Choose another" }).click();
  const devices = page.getByRole("region", { name: DEVICES });
  await devices.waitFor();
  await page.keyboard.press("Escape");
  await page.evaluate(() => /** @type {any} */ (window).plugIn());
  const offer = page.getByTestId("new-device");
  await offer.getByText("Headset was plugged in").waitFor();
  await offer.getByRole("button", { name: "Use it" }).click();
  await offer.waitFor({ state: "detached" });
  await bo.press(DEVICES);
  await devices.getByLabel("Microphone").locator("option:checked", { hasText: "Headset" }).waitFor({ state: "attached" });
  await Promise.all([silent.waitFor({ state: "detached" }), ana.hears("bo")]);

  await page.keyboard.press("Escape");
  const muted = page.getByText("You are muted. Nobody hears you.");
  await bo.press("Mute microphone");
  await muted.waitFor();
  await bo.press("Mute microphone");
  await muted.waitFor({ state: "detached" });
});

/**
 * A microphone whose own switch is off: it is there, and gives digital silence,
 * until another one is plugged in. Runs before the page's scripts.
 *
 * @param {string} label of the other one
 */
function breakMicrophone(label) {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const list = mediaDevices.enumerateDevices.bind(mediaDevices);
  let plugged = false;
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    const [heard] = stream.getAudioTracks();
    if (!heard || plugged) return stream;
    const context = new AudioContext();
    const out = new MediaStreamAudioDestinationNode(context);
    new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([heard]) }).connect(new GainNode(context, { gain: 0 })).connect(out);
    return new MediaStream([...out.stream.getAudioTracks(), ...stream.getVideoTracks()]);
  };
  mediaDevices.enumerateDevices = async () => {
    const other = { deviceId: "other", groupId: "", kind: /** @type {const} */ ("audioinput"), label, toJSON: () => ({}) };
    return plugged ? [...(await list()), other] : list();
  };
  const plugIn = () => {
    plugged = true;
    mediaDevices.dispatchEvent(new Event("devicechange"));
  };
  Object.assign(window, { plugIn });
}
