import { inviteData } from "./calldata.js";
import { isDirect } from "./engine-state.js";
import { ids, those } from "./participants.js";

/**
 * Asks people into a call: members of its group in one invitation, others each
 * in one of their own.
 *
 * @param {import("./signaling.js").Signaling} signaling
 * @param {import("./engine-types.js").State} state the call
 * @param {{userIDs: string[], ringMs: number}} whom
 * @returns {{userIDs: string[], answer: Promise<import("./wire.js").InviteResult>}[]}
 */
export function invitePeople(signaling, state, { userIDs, ringMs }) {
  const { self, groupID, mediaType, roomID, callID, participants } = state;
  const running = { inCall: [self, ...ids(those(participants, "joined"))], callID };
  const data = inviteData({ mediaType, roomID, inviter: self, userIDs, groupID, ...(!isDirect(state) && { running }) });
  const options = { data, timeout: Math.round(ringMs / 1000) };
  if (groupID) return [{ userIDs, answer: signaling.inviteInGroup(groupID, userIDs, options) }];
  return userIDs.map((userID) => ({ userIDs: [userID], answer: signaling.invite(userID, options) }));
}
