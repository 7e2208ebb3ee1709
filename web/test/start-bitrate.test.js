import assert from "node:assert/strict";
import test from "node:test";
import { withStartBitrate } from "../static/sdk/start-bitrate.js";

const sdp = (...sections) => ["v=0", "t=0 0", ...sections.flat(), ""].join("\r\n");
const audio = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10"];
const video = (mid, ...more) => ["m=video 9 UDP/TLS/RTP/SAVPF 96 97", `a=mid:${mid}`, "a=rtpmap:96 VP8/90000", ...more, "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"];

test("the camera's codec is given a bit rate to begin with, and nothing else changes", () => {
  assert.equal(
    withStartBitrate(sdp(audio, video("1"), video("11")), "1"),
    sdp(audio, video("1", "a=fmtp:96 x-google-start-bitrate=600"), video("11")),
  );
});

test("beside what the codec has already", () => {
  const h264 = (more) => video("1", `a=fmtp:96 packetization-mode=1${more}`);
  assert.equal(withStartBitrate(sdp(audio, h264("")), "1"), sdp(audio, h264(";x-google-start-bitrate=600")));
});

test("without a camera, or with what is no video, it stays as it is", () => {
  for (const mid of ["", "0", "7"]) assert.equal(withStartBitrate(sdp(audio, video("1")), mid), sdp(audio, video("1")));
});
