import { Code, codeOf } from "../sdk/index.js";

/**
 * Whom one may want in a group: who is online, and with whom one has spoken.
 *
 * @param {import("../sdk/index.js").Client} client
 * @param {readonly string[]} [without]
 * @returns {string[]}
 */
export function knownPeople({ users, conversations, connection }, without = []) {
  const online = users.list().map(({ userID }) => userID);
  const spoken = conversations.list().flatMap(({ peer }) => (peer ? [peer] : []));
  const others = new Set([connection.userID, ...without]);
  return [...new Set([...online, ...spoken])].filter((userID) => !others.has(userID));
}

/**
 * Who may be asked into a call: of a group's its members, else whom one knows.
 *
 * @param {import("../sdk/index.js").Client} client
 * @param {string} groupID empty for a call of no group
 * @returns {Promise<string[]>}
 */
export async function candidatesOf(client, groupID) {
  if (!groupID) return knownPeople(client);
  try {
    const members = await client.groups.getGroupMemberList(groupID);
    return members.map(({ userID }) => userID).filter((userID) => userID !== client.connection.userID);
  } catch (thrown) {
    if (codeOf(thrown) === Code.notLoggedIn || codeOf(thrown) === Code.notPermitted) return []; // offline, or out of the group
    throw thrown;
  }
}
