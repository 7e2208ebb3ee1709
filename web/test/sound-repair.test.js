import assert from "node:assert/strict";
import test from "node:test";
import { withSoundRepair } from "../static/sdk/sound-repair.js";

/** @param {...string} lines */
const sdp = (...lines) => lines.map((line) => `${line}\r\n`).join("");

test("lost voices may be asked for again, on every line of sound", () => {
  const voice = ["m=audio 9 UDP/TLS/RTP/SAVPF 63 111", "a=rtpmap:63 red/48000/2", "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc"];
  const repaired = ["m=audio 9 UDP/TLS/RTP/SAVPF 63 111", "a=rtpmap:63 red/48000/2", "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 nack", "a=rtcp-fb:111 transport-cc"];
  const picture = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack"];
  const offer = withSoundRepair(sdp("v=0", ...voice, ...picture, ...voice));
  assert.equal(offer, sdp("v=0", ...repaired, ...picture, ...repaired));
  assert.equal(withSoundRepair(offer), offer, "once is enough");
});

test("sound without Opus stays as it is", () => {
  const offer = sdp("v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=rtpmap:0 PCMU/8000");
  assert.equal(withSoundRepair(offer), offer);
});
