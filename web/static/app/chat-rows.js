import { language, t } from "../components/i18n.js";
import { callMessage, callText, groupConversationID } from "../sdk/index.js";

/**
 * @typedef {import("../sdk/conversations.js").Conversation} Conversation
 * @typedef {import("../sdk/wire.js").GroupInfo} GroupInfo
 * @typedef {import("../sdk/wire.js").Message} Message
 *
 * @typedef {object} ChatRow a line of the list of conversations
 * @property {string} conversationID
 * @property {string} groupID empty for one with a user
 * @property {string} peer empty for one of a group
 * @property {string} title
 * @property {string} line the last message in a line
 * @property {import("../sdk/callmessage.js").CallMessage | null} call the last message, if it is about a call
 * @property {number} at when it was
 * @property {number} unread
 */

/**
 * The conversations and the groups where nothing was said yet, newest first.
 *
 * @param {{conversations: readonly Conversation[], groups: readonly GroupInfo[], self: string, nameOf: (userID: string) => string}} known
 * @returns {ChatRow[]}
 */
export function chatRows({ conversations, groups, self, nameOf }) {
  const names = new Map(groups.map((group) => [group.groupID, group.name]));
  const rows = conversations.map(({ conversationID, groupID = "", peer = "", lastMessage, unread }) => ({
    conversationID,
    groupID,
    peer,
    title: groupID ? names.get(groupID) ?? groupID : nameOf(peer),
    line: lineOf(lastMessage, self, nameOf),
    call: callMessage(lastMessage, self),
    at: lastMessage.createdAt,
    unread,
  }));
  const spoken = new Set(conversations.map(({ groupID }) => groupID));
  const silent = groups.filter(({ groupID }) => !spoken.has(groupID)).map(({ groupID, name, createdAt }) => ({
    conversationID: groupConversationID(groupID),
    groupID,
    peer: "",
    title: name,
    line: t("noMessages"),
    call: null,
    at: createdAt,
    unread: 0,
  }));
  return [...rows, ...silent].sort((a, b) => b.at - a.at);
}

/**
 * @param {Message} message
 * @param {string} self
 * @param {(userID: string) => string} nameOf
 */
function lineOf(message, self, nameOf) {
  const call = callMessage(message, self);
  if (call) return callText(call, language.code, nameOf);
  const said = message.type === "text" ? message.text ?? "" : t("customMessage");
  if (message.from === self) return t("youSaid", { text: said });
  return message.groupID ? t("theySaid", { name: nameOf(message.from), text: said }) : said;
}
