import { answerData, busyData, switchData } from "./calldata.js";

/**
 * What a call says to other clients besides its invitation and its acceptance.
 * Nobody waits for the answer.
 *
 * @param {import("./signaling.js").Signaling} signaling
 * @param {Extract<import("./engine-types.js").Command, {do: "reject" | "rejectBusy" | "cancel" | "acceptSwitch"}>} command
 */
export function say(signaling, { do: what, inviteID, mediaType, inviter }) {
  switch (what) {
    case "reject":
      return signaling.reject(inviteID, answerData(mediaType, inviter));
    case "rejectBusy":
      return signaling.reject(inviteID, busyData(mediaType, inviter));
    case "cancel":
      return signaling.cancel(inviteID, answerData(mediaType, inviter));
    case "acceptSwitch":
      return signaling.accept(inviteID, switchData(inviter));
  }
}
