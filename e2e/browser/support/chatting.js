/**
 * What people do in conversations, and what they find there.
 *
 * @typedef {import("./person.js").Person} Person
 */

/** The conversation with a user, by its TIM name. @param {string} userID */
export const withUser = (userID) => `C2C${userID}`;

/** Opens a conversation in the list. @param {Person} person @param {string} conversationID */
export async function opens(person, conversationID) {
  await person.goesTo("chats");
  await person.page.locator(`[data-conversation="${conversationID}"]`).click();
  await person.page.getByTestId("conversation").waitFor();
}

/** Begins to write to somebody who is online. @param {Person} person @param {string} name */
export async function turnsTo(person, name) {
  await person.goesTo("people");
  await person.page.getByTestId("online").getByTitle(`Write to ${name}`).click();
  await person.page.getByTestId("conversation").waitFor();
}

/** Writes a text, and waits until it stands in the conversation. @param {Person} person @param {string} text */
export async function writes(person, text) {
  const field = person.page.getByTestId("composer");
  await field.fill(text);
  await field.press("Enter");
  await finds(person, text);
}

/** Waits until a text stands in the open conversation. @param {Person} person @param {string} text */
export async function finds(person, text) {
  await person.page.locator("[data-message] .said").filter({ hasText: exactly(text) }).waitFor();
}

/** What the bubbles of the open conversation say, oldest first. @param {Person} person */
export async function saidIn(person) {
  return person.page.locator("[data-message] .said").allInnerTexts();
}

/** Waits until a conversation in the list has so many unread messages; none is 0. @param {Person} person @param {string} conversationID @param {number} count */
export async function hasUnread(person, conversationID, count) {
  const badge = person.page.locator(`[data-conversation="${conversationID}"]`).getByTestId("unread");
  if (count === 0) await badge.waitFor({ state: "detached" });
  else await badge.getByText(String(count), { exact: true }).waitFor();
}

/** Waits for a call bubble that says this. @param {Person} person @param {string | RegExp} text */
export async function findsCall(person, text) {
  const bubble = person.page.getByTestId("call-bubble").filter({ has: person.page.locator(".said", { hasText: typeof text === "string" ? exactly(text) : text }) });
  await bubble.waitFor();
  return bubble;
}

/** @param {string} text */
function exactly(text) {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
}
