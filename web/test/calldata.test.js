import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { answerData, busyData, inviteData, parseCallData, randomRoomID, switchData } from "../static/sdk/calldata.js";

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

/** The same examples that the server's test reads. */
const examples = JSON.parse(readFileSync(new URL("../../call/testdata/payloads.json", import.meta.url), "utf8"));
for (const { generation, name, data, want } of examples) {
  test(`reads ${generation === null ? "" : `generation ${generation}, `}${name}`, () => {
    assert.deepEqual(parseCallData(data), want && { inCall: [], consumed: false, ...want });
  });
}

test("what is written is read again", () => {
  const text = inviteData({ mediaType: "audio", roomID: "green", inviter: "ana", userIDs: ["bo"] });
  const { kind, mediaType, roomID, inviter } = parseCallData(text);
  assert.deepEqual({ kind, mediaType, roomID, inviter }, { kind: "call", mediaType: "audio", roomID: "green", inviter: "ana" });
  assert.equal(parseCallData(switchData("ana")).kind, "switch");
});

test("a room id is a number from 1 to 2^31 - 1", () => {
  for (let i = 0; i < 1000; i++) {
    const id = Number(randomRoomID());
    assert.ok(Number.isInteger(id) && id >= 1 && id <= 2 ** 31 - 1, String(id));
  }
});
