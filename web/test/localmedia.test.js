import assert from "node:assert/strict";
import test from "node:test";
import { LocalMedia } from "../static/sdk/localmedia.js";
import { FakeBrowser, streamOf } from "./fakes.js";

const refusal = (name) => new DOMException("refused", name);

test("both devices are asked for in one question", async () => {
  const browser = new FakeBrowser();
  const media = new LocalMedia(browser);
  await media.open({ mic: true, camera: true });
  assert.equal(browser.asked.length, 1);
  assert.ok(media.track("mic") && media.track("camera"));
});

test("a missing camera does not cost the microphone", async () => {
  const browser = new FakeBrowser();
  browser.getUserMedia = async (constraints) => {
    if (constraints.video) throw refusal("NotFoundError");
    return streamOf(constraints);
  };
  const media = new LocalMedia(browser);
  await media.open({ mic: true, camera: true });
  assert.ok(media.track("mic"));
  assert.equal(media.track("camera"), null);
  assert.equal(media.fault("camera"), "notFound");
  assert.equal(media.fault("mic"), null);
});

for (const [name, fault] of [["NotAllowedError", "denied"], ["NotReadableError", "inUse"], ["SecurityError", "insecure"], ["TypeError", "failed"]]) {
  test(`${name} is told as ${fault}`, async () => {
    const browser = new FakeBrowser();
    browser.getUserMedia = async () => {
      throw refusal(name);
    };
    const media = new LocalMedia(browser);
    const told = [];
    media.on("fault", (event) => told.push(event));
    await media.open({ mic: true });
    assert.deepEqual(told, [{ source: "mic", fault }]);
  });
}

test("muting silences what is sent and not what the meter hears", async () => {
  const media = new LocalMedia(new FakeBrowser());
  media.setMuted(true);
  await media.open({ mic: true });
  assert.equal(media.track("mic").enabled, false);
  assert.equal(media.monitor.enabled, true);
  media.setMuted(false);
  assert.equal(media.track("mic").enabled, true);
});

test("a device closed before the user has answered does not open afterwards", async () => {
  const browser = new FakeBrowser();
  let allow;
  browser.getUserMedia = () => new Promise((resolve) => (allow = resolve));
  const media = new LocalMedia(browser);
  const opening = media.open({ camera: true });
  media.close("camera");
  const stream = streamOf({ video: true });
  allow(stream);
  await opening;
  assert.equal(media.track("camera"), null);
  assert.equal(stream.getVideoTracks()[0].stopped, true);
});

test("another device is opened in place of the one that is in use", async () => {
  const browser = new FakeBrowser();
  const media = new LocalMedia(browser);
  await media.open({ camera: true });
  const first = media.track("camera");
  await media.setDevice("camera", "usb");
  assert.equal(first.stopped, true);
  assert.deepEqual(browser.asked.at(-1).video.deviceId, { ideal: "usb" });
  assert.notEqual(media.track("camera"), first);
});

test("a device that is chosen while it is closed stays closed", async () => {
  const browser = new FakeBrowser();
  const media = new LocalMedia(browser);
  await media.setDevice("camera", "usb");
  assert.equal(browser.asked.length, 0);
});

test("an unplugged device is replaced by the default one", async () => {
  const browser = new FakeBrowser();
  const media = new LocalMedia(browser);
  await media.setDevice("mic", "usb");
  await media.open({ mic: true });
  const told = [];
  media.on("unplugged", (event) => told.push(event.source));
  media.monitor.onended();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(told, ["mic"]);
  assert.equal(browser.asked.at(-1).audio.deviceId, undefined);
  assert.ok(media.track("mic"));
});

test("a device that is chosen in place of one that failed is opened: it was wanted", async () => {
  const browser = new FakeBrowser();
  const media = new LocalMedia(browser);
  await media.open({ mic: true });
  const plugged = browser.getUserMedia;
  browser.getUserMedia = async () => {
    throw new DOMException("none", "NotFoundError");
  };
  media.monitor.onended(); // it was the only one
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([media.track("mic"), media.fault("mic")], [null, "notFound"]);
  browser.getUserMedia = plugged;
  await media.setDevice("mic", "usb");
  assert.deepEqual([media.track("mic") !== null, media.fault("mic")], [true, null]);
});

test("closing all stops what the meter hears too", async () => {
  const media = new LocalMedia(new FakeBrowser());
  await media.open({ mic: true, camera: true });
  const { monitor } = media;
  const sent = media.track("mic");
  media.closeAll();
  assert.deepEqual([monitor.stopped, sent.stopped, media.monitor], [true, true, null]);
});

test("noise is taken out unless that is not wanted, which the microphone is opened anew for", async () => {
  const browser = new FakeBrowser();
  const media = new LocalMedia(browser);
  await media.setNoiseSuppression(false);
  assert.equal(browser.asked.length, 0, "a closed microphone stays closed");
  await media.open({ mic: true, camera: true });
  const first = media.track("mic");
  await media.setNoiseSuppression(true);
  await media.setNoiseSuppression(true);
  assert.deepEqual(browser.asked.map(({ audio, video }) => [audio.noiseSuppression, audio.echoCancellation, video === false]), [[false, true, false], [true, true, true]]);
  assert.notEqual(media.track("mic"), first);
});
