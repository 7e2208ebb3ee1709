import assert from "node:assert/strict";
import test from "node:test";
import { answerData, busyData, inviteData, parseCallData, randomRoomID } from "../static/sdk/calldata.js";

test("an invitation carries exactly TUICallEngine's payload", () => {
  const text = inviteData({ mediaType: "video", roomID: "731250044", inviter: "ana", userIDs: ["bo"] });
  assert.equal(
    text,
    '{"version":4,"businessID":"av_call","platform":"Web","userData":"","call_type":2,"room_id":731250044,' +
      '"data":{"cmd":"videoCall","room_id":731250044,"str_room_id":"","inviter":"ana","message":"","userIDs":["bo"],"excludeFromHistoryMessage":true}}',
  );
});

test("a busy line says so twice, as old and new readers expect", () => {
  const data = JSON.parse(busyData("audio", "ana"));
  assert.equal(data.line_busy, "line_busy");
  assert.equal(data.data.message, "lineBusy");
  assert.equal(parseCallData(busyData("audio", "ana")).busy, true);
  assert.equal(parseCallData(answerData("audio", "ana")).busy, false);
});

const readings = [
  {
    name: "an invitation of this version",
    text: inviteData({ mediaType: "audio", roomID: "7", inviter: "ana", userIDs: ["bo"] }),
    want: { kind: "call", mediaType: "audio", roomID: "7" },
  },
  { name: "a flat payload of the first generation", text: '{"version":1,"call_type":2,"room_id":731250044}', want: { kind: "call", mediaType: "video", roomID: "731250044" } },
  { name: "a room with a name", text: '{"businessID":"av_call","call_type":2,"data":{"cmd":"videoCall","str_room_id":"green"}}', want: { kind: "call", roomID: "green" } },
  { name: "the end of a call", text: '{"version":4,"businessID":"av_call","call_type":2,"room_id":7,"call_end":12,"data":{"cmd":"hangup"}}', want: { kind: "hangup", duration: 12 } },
  { name: "an end without the duration", text: '{"businessID":"av_call","data":{"cmd":"hangup"}}', want: { kind: "hangup", duration: 0 } },
  { name: "a switch to audio", text: '{"businessID":"av_call","call_type":1,"room_id":7,"switch_to_audio_call":"switch_to_audio_call","data":{"cmd":"switchToAudio"}}', want: { kind: "switch" } },
  { name: "a version of the future", text: '{"version":5,"businessID":"av_call","call_type":2,"room_id":7}', want: null },
  { name: "another application's data", text: '{"businessID":"raise_hand"}', want: null },
  { name: "no JSON", text: "hello", want: null },
  { name: "JSON that is no object", text: "null", want: null },
  { name: "nothing", text: "", want: null },
];
for (const { name, text, want } of readings) {
  test(`reads ${name}`, () => {
    const got = parseCallData(text);
    if (want === null) return assert.equal(got, null);
    assert.deepEqual({ ...got, ...want }, got);
  });
}

test("a room id is a number from 1 to 2^31 - 1", () => {
  for (let i = 0; i < 1000; i++) {
    const id = Number(randomRoomID());
    assert.ok(Number.isInteger(id) && id >= 1 && id <= 2 ** 31 - 1, String(id));
  }
});
