import assert from "node:assert/strict";
import test from "node:test";
import { preferred, preferredForSound } from "../static/sdk/codecs.js";
import { adjust, encodingsOf } from "../static/sdk/encodings.js";
import { Sending } from "../static/sdk/sending.js";
import { FakeBrowser, FakeTrack, settle } from "./fakes.js";

const all = (active, maxBitrate = 0) => ["q", "h", "f"].map((rid) => ({ rid, active, maxBitrate }));
const wanted = (encodings, maxBitrate = 0) => ({ mid: "1", encodings, maxBitrate });
const after = (source, wish) => {
  const parameters = { encodings: encodingsOf(source) };
  adjust(parameters, source, wish);
  return parameters.encodings.map(({ rid, active, maxBitrate }) => [rid, active, maxBitrate]);
};

test("a camera begins with its whole picture alone, as a call between two needs it", () => {
  const [q, h, f] = encodingsOf("camera");
  assert.deepEqual([q.active, h.active, f.active], [false, false, true]);
  assert.deepEqual([q, h, f].map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy]), [["q", 4], ["h", 2], ["f", 1]]);
});

test("layers run as the server wants them", () => {
  const wish = wanted([{ rid: "q", active: true, maxBitrate: 0 }, { rid: "h", active: true, maxBitrate: 300_000 }, { rid: "f", active: false, maxBitrate: 0 }]);
  assert.deepEqual(after("camera", wish), [["q", true, 150_000], ["h", true, 300_000], ["f", false, 1_700_000]]);
});

test("a server that wants more than a source may cost does not get it", () => {
  assert.deepEqual(after("screen", wanted([{ rid: "f", active: true, maxBitrate: 9_000_000 }])).at(-1), ["f", true, 2_500_000]);
});

test("what all layers may cost together goes to the smallest first, and never to nothing", () => {
  const rates = (total) => after("camera", wanted(all(true), total)).map(([, , rate]) => rate);
  assert.deepEqual(rates(1_000_000), [150_000, 500_000, 350_000]);
  assert.deepEqual(rates(200_000), [150_000, 50_000, 50_000]);
});

test("layers nobody looks at take nothing of it", () => {
  const wish = wanted([{ rid: "q", active: false, maxBitrate: 0 }, { rid: "f", active: true, maxBitrate: 0 }], 800_000);
  assert.deepEqual(after("camera", wish).at(-1), ["f", true, 800_000]);
});

test("a camera with pixels for two layers sends them as the first two, its whole picture as the second", async () => {
  const vga = { width: 640, height: 360 };
  const sent = (wish) => {
    const parameters = { encodings: encodingsOf("camera") };
    adjust(parameters, "camera", wish, vga);
    return parameters.encodings.filter(({ active }) => active).map(({ rid, scaleResolutionDownBy, maxBitrate }) => [rid, scaleResolutionDownBy, maxBitrate]);
  };
  assert.deepEqual(sent(wanted(all(true))), [["q", 2, 200_000], ["h", 1, 900_000]]);
  assert.deepEqual(sent(only("q")), [["q", 2, 200_000]]);
  assert.deepEqual(sent(only("f")), [["h", 1, 900_000]]);
  assert.deepEqual(sent(wanted(all(false))), []);
});

test("a tiny camera has one layer, whatever is wanted of it", () => {
  const parameters = { encodings: encodingsOf("camera") };
  adjust(parameters, "camera", only("f"), { width: 320, height: 180 });
  assert.deepEqual(parameters.encodings.map(({ active }) => active), [true, false, false]);
  assert.equal(parameters.encodings[0].scaleResolutionDownBy, 1);
});

test("layers follow the size of the camera that is plugged in", async () => {
  const { sending, sender } = await camera();
  await sending.setTrack(new FakeTrack("video", { width: 640, height: 360 }));
  assert.equal(active(sender), "h");
  await sending.setTrack(new FakeTrack("video", { width: 1280, height: 720 }));
  assert.equal(active(sender), "f");
  assert.deepEqual(sender.encodings.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy), [4, 2, 1]);
});

test("a stream without layers is named by an empty rid", () => {
  const parameters = { encodings: [{ active: true }] };
  assert.equal(adjust(parameters, "camera", wanted([{ rid: "", active: false, maxBitrate: 0 }])), true);
  assert.deepEqual(parameters.encodings, [{ active: false, maxBitrate: 1_700_000 }]);
});

test("layers the wish does not name stay as they are, and the same wish again changes nothing", () => {
  const parameters = { encodings: encodingsOf("camera") };
  const wish = wanted([{ rid: "f", active: true, maxBitrate: 0 }, { rid: "x", active: true, maxBitrate: 0 }]);
  assert.equal(adjust(parameters, "camera", wish), false);
  assert.deepEqual(parameters.encodings, encodingsOf("camera"));
});

async function camera() {
  const pc = new FakeBrowser().createPeerConnection();
  return { sending: new Sending(pc, "camera"), sender: pc.transceivers[0].sender };
}
const active = (sender) => sender.encodings.filter((each) => each.active).map(({ rid }) => rid).join("");
const only = (rid) => wanted(all(false).map((each) => ({ ...each, active: each.rid === rid })));

test("wishes that come while one is being set are set one after the other, the last one last", async () => {
  const { sending, sender } = await camera();
  await Promise.all([sending.want(only("q")), sending.want(only("h")), sending.want(only("q")), sending.setTrack(new FakeTrack("video"))]);
  await settle();
  assert.equal(active(sender), "q");
});

test("a wish refused in the middle of a negotiation is granted by the answer", async () => {
  const { sending, sender } = await camera();
  sender.refuses = new DOMException("not now", "InvalidStateError");
  await sending.want(only("h"));
  assert.equal(active(sender), "f");
  sender.refuses = null;
  await sending.negotiated();
  assert.equal(active(sender), "h");
});

test("layers that an answer turned on are turned off again", async () => {
  const { sending, sender } = await camera();
  for (const encoding of sender.encodings) encoding.active = true; // browsers do so where the answer does not say "~"
  await sending.negotiated();
  assert.equal(active(sender), "f");
});

test("any other refusal is told", async () => {
  const { sending, sender } = await camera();
  sender.refuses = new DOMException("too many", "InvalidModificationError");
  await assert.rejects(sending.want(only("h")), { name: "InvalidModificationError" });
});

test("a screen keeps its pixels when the network is slow", async () => {
  const pc = new FakeBrowser().createPeerConnection();
  await new Sending(pc, "screen").setTrack(new FakeTrack("video"));
  assert.equal(pc.transceivers[0].sender.degradationPreference, "maintain-resolution");
});

const codec = (mimeType, sdpFmtpLine = "") => ({ mimeType, sdpFmtpLine, clockRate: 90_000 });
const rtx = codec("video/rtx");
const H264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";

test("of each codec one profile is offered, with retransmissions", () => {
  const browser = [codec("video/VP8"), rtx, codec("video/H264", H264.replace("mode=1", "mode=0")), codec("video/H264", H264), codec("video/AV1", "profile=0")];
  assert.deepEqual(preferred(browser, ["VP8", "H264"]), [browser[0], browser[3], rtx]);
  assert.deepEqual(preferred(browser, ["H264"]), [browser[3], rtx]);
});

test("a microphone names what repeats first, and nobody offers other sound than Opus", () => {
  const [opus, red] = [codec("audio/opus"), codec("audio/red")];
  const browser = [opus, red, codec("audio/G722"), codec("audio/PCMU")];
  assert.deepEqual(preferredForSound(browser, true), [red, opus]);
  assert.deepEqual(preferredForSound(browser, false), [opus, red]);
  assert.deepEqual(preferredForSound([opus], true), [opus], "Firefox has no such thing");
});

test("a browser without any of them keeps its own order", () => {
  assert.deepEqual(preferred([codec("video/AV1"), rtx], ["VP8"]), []);
});
