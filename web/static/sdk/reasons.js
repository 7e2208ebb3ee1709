/** TUICallEngine's CallEndReason. */
export const EndReason = Object.freeze({
  unknown: 0,
  hangup: 1,
  reject: 2,
  noResponse: 3,
  offline: 4,
  lineBusy: 5,
  canceled: 6,
  otherDeviceAccepted: 7,
  otherDeviceReject: 8,
  endByServer: 9,
});

/** How a call is over for who was taken out of its room, by the reason of onKickedOut. */
export const KickedOutcome = Object.freeze({ kick: "kicked", otherDevice: "takenOver", lost: "networkLost" });

/**
 * TUICallEngine's number for an outcome.
 *
 * @param {import("./engine-state.js").Outcome} outcome
 * @returns {number}
 */
export function reasonOf(outcome) {
  switch (outcome) {
    case "answered":
      return EndReason.hangup;
    case "declined":
      return EndReason.reject;
    case "noAnswer":
    case "unreachable":
      return EndReason.noResponse;
    case "networkLost":
      return EndReason.offline;
    case "busy":
      return EndReason.lineBusy;
    case "cancelled":
      return EndReason.canceled;
    case "answeredElsewhere":
    case "takenOver":
      return EndReason.otherDeviceAccepted;
    case "declinedElsewhere":
      return EndReason.otherDeviceReject;
    case "kicked":
    case "roomClosed":
    case "serverDrain":
    case "serverCrash":
      return EndReason.endByServer;
    case "mediaFailed":
    case "failed":
      return EndReason.unknown;
  }
}
