/**
 * What people do in meetings.
 *
 * @typedef {import("./person.js").Person} Person
 */

/** Waits for a state of the meeting as the page shows it. @param {Person} person @param {string} state */
export async function meets({ page }, state) {
  await page.locator(`meeting-kit[data-state="${state}"]`).waitFor({ state: "attached" });
}

/** Begins a meeting, and gives the link that lets others in. @param {Person} person */
export async function begins(person) {
  await person.press("New meeting");
  await meets(person, "connected");
  await person.press("Copy invite link");
  await person.page.getByText("The link is copied").waitFor();
  return person.page.evaluate(() => navigator.clipboard.readText());
}

/** Opens a meeting link as somebody who has no account. @param {Person} person @param {string} link @param {string} name */
export async function comesAsGuest({ page }, link, name) {
  await page.goto(link);
  await page.getByTestId("guest-name").fill(name);
  await page.getByRole("button", { name: "Join now" }).click();
}

/** Opens a panel, wherever its button is at this width. @param {Person} person @param {"People" | "Chat" | "Statistics"} panel */
export async function opensPanel({ page }, panel) {
  const inBar = page.locator(".controls").getByRole("button", { name: panel, exact: true });
  if (await inBar.isVisible()) await inBar.click();
  else {
    await page.locator(".controls").getByRole("button", { name: "More", exact: true }).click();
    await page.locator(".more-panel").getByRole("button", { name: panel, exact: true }).click();
  }
  await page.getByRole("region", { name: panel, exact: true }).waitFor();
}

/** Opens a host's tools for somebody, and uses one. @param {Person} person @param {string} name @param {string} tool */
export async function uses({ page }, name, tool) {
  const row = page.getByTestId("call-people").getByRole("listitem").filter({ hasText: name });
  await row.getByRole("button", { name: `More for ${name}` }).click();
  await row.getByRole("button", { name: tool, exact: true }).click();
}

/** Writes into the open chat of the meeting. @param {Person} person @param {string} text */
export async function writesInMeeting({ page }, text) {
  const field = page.getByTestId("meeting-composer");
  await field.fill(text);
  await field.press("Enter");
  await page.getByTestId("meeting-chat").getByText(text).waitFor();
}
