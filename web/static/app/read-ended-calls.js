import { Code, callMessage, codeOf } from "../sdk/index.js";

/**
 * That a call has ended is no news to those who were in it: where nothing else
 * is unread, it is marked as read.
 *
 * @param {import("../sdk/index.js").Client} client
 * @returns {() => void} stops
 */
export function readEndedCalls({ conversations, messages, connection }) {
  /** Messages that are being marked. @type {Set<string>} */
  const marking = new Set();

  /** @param {import("../sdk/conversations.js").Conversation} conversation */
  const mark = async ({ conversationID, lastMessage, lastSeq }) => {
    if (marking.has(lastMessage.messageID)) return;
    marking.add(lastMessage.messageID);
    try {
      await messages.markConversationAsRead(conversationID, lastSeq);
    } catch (thrown) {
      // Without a connection the list is read anew with the next one, and this comes round again.
      if (codeOf(thrown) !== Code.notLoggedIn && codeOf(thrown) !== Code.timedOut) throw thrown;
    } finally {
      marking.delete(lastMessage.messageID);
    }
  };

  return conversations.on("change", (list) => {
    for (const conversation of list) {
      const { lastMessage, unread } = conversation;
      const call = unread === 1 ? callMessage(lastMessage, connection.userID) : null;
      const wasIn = call?.kind === "hangup" && (!lastMessage.groupID || call.inviteeList.includes(connection.userID));
      if (wasIn) void mark(conversation);
    }
  });
}
