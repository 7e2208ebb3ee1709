import { portraits } from "./portraits.js";

/** @typedef {import("./person.js").Person} Person */

/** Lets people in, and waits until they know of one another. @param {import("./story.js").Stage} stage @param {string[]} userIDs @param {import("./portraits.js").Portrait} [portrait] */
export async function everybody(stage, userIDs, portrait = portraits.ana) {
  /** @type {Person[]} */
  const people = [];
  for (const userID of userIDs) people.push(await stage.enter(userID, { portrait }));
  const [first] = people;
  for (const userID of userIDs.slice(1)) await first?.seesOnline(userID);
  for (const person of people) await person.goesTo("chats");
  return people;
}

/** Makes a group with some of those online. @param {Person} person @param {{name: string, type: string, members: string[]}} group */
export async function makesGroup(person, { name, type, members }) {
  await person.goesTo("chats");
  await person.press("New group");
  const sheet = person.page.getByRole("dialog", { name: "New group" });
  await sheet.getByTestId("group-name").fill(name);
  await sheet.getByRole("radio", { name: new RegExp(`^${type}:`) }).check();
  for (const userID of members) await sheet.getByRole("checkbox", { name: userID, exact: true }).check();
  await sheet.getByRole("button", { name: "Create group" }).click();
  await person.page.getByTestId("conversation-title").getByText(name, { exact: true }).waitFor();
  return decodeURIComponent(/chat=([^&]+)/.exec(person.page.url())?.[1] ?? "");
}
