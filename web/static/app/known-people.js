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
