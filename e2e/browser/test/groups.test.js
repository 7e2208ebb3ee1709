import assert from "node:assert/strict";
import { finds, opens, saidIn, writes } from "../support/chatting.js";
import { everybody, makesGroup } from "../support/grouping.js";
import { story } from "../support/story.js";

/** @typedef {import("../support/person.js").Person} Person */

/** Opens what there is about the group of the open conversation. @param {Person} person @param {string} name */
async function aboutGroup(person, name) {
  await person.press("About the group");
  const sheet = person.page.getByRole("dialog", { name, exact: true });
  await sheet.getByTestId("members").getByRole("listitem").first().waitFor();
  return sheet;
}

/** Waits until the sheet shows these roles and no more. @param {import("playwright-core").Locator} sheet @param {Record<string, string>} roles */
async function showsRoles(sheet, roles) {
  for (const [userID, role] of Object.entries(roles)) {
    await sheet.locator(`[data-member=${userID}] .row-sub`).getByText(role, { exact: true }).waitFor();
  }
  await sheet.getByTestId("members").getByRole("listitem").nth(Object.keys(roles).length).waitFor({ state: "detached" });
}

/** @param {import("playwright-core").Locator} sheet @param {string} userID @param {string} deed a button's name */
async function does(sheet, userID, deed) {
  await sheet.getByRole("button", { name: `More for ${userID}` }).click();
  await sheet.locator(`[data-member=${userID}]`).getByRole("button", { name: deed, exact: true }).click();
}

story("ana makes a group, everybody writes in it, and bo brings dee in", async (stage) => {
  const [ana, bo, cy, dee] = /** @type {[Person, Person, Person, Person]} */ (await everybody(stage, ["ana", "bo", "cy", "dee"]));
  const id = await makesGroup(ana, { name: "Boat club", type: "Work", members: ["bo", "cy"] });
  await writes(ana, "welcome aboard");
  await Promise.all([opens(bo, id), opens(cy, id)]);
  await writes(bo, "ahoy");
  await finds(cy, "ahoy");
  assert.deepEqual(await saidIn(cy), ["welcome aboard", "ahoy"]);
  const sender = cy.page.locator("[data-message]", { hasText: "ahoy" }).locator(".sender");
  assert.equal(await sender.innerText(), "bo");

  const about = await aboutGroup(bo, "Boat club");
  await about.getByRole("button", { name: "Add people" }).click();
  await about.getByRole("checkbox", { name: "dee", exact: true }).check();
  await about.getByTestId("add-chosen").click();
  await showsRoles(about, { ana: "Owner", bo: "Member", cy: "Member", dee: "Member" });
  await opens(dee, id);
  await writes(dee, "thanks");
  await finds(ana, "thanks");
});

story("an owner keeps order: makes an admin, who removes somebody, and hands the group over", async (stage) => {
  const [ana, bo, cy] = /** @type {[Person, Person, Person]} */ (await everybody(stage, ["ana", "bo", "cy"]));
  const id = await makesGroup(ana, { name: "Harbour", type: "Public", members: ["bo", "cy"] });
  await Promise.all([opens(bo, id), opens(cy, id)]);
  const anaSees = await aboutGroup(ana, "Harbour");
  await showsRoles(anaSees, { ana: "Owner", bo: "Member", cy: "Member" });
  await does(anaSees, "bo", "Make admin");
  await showsRoles(anaSees, { ana: "Owner", bo: "Admin", cy: "Member" });

  const boSees = await aboutGroup(bo, "Harbour");
  await boSees.getByTestId("rename").fill("Old harbour");
  await boSees.getByRole("button", { name: "Rename" }).click();
  const boNow = bo.page.getByRole("dialog", { name: "Old harbour", exact: true });
  await boNow.waitFor();
  await cy.page.getByTestId("conversation-title").getByText("Old harbour", { exact: true }).waitFor();
  await does(boNow, "cy", "Remove cy");
  await showsRoles(boNow, { ana: "Owner", bo: "Admin" });
  await cy.page.locator(`[data-conversation="${id}"]`).waitFor({ state: "detached" });
  await cy.page.getByTestId("conversation").waitFor({ state: "detached" });

  const anaNow = ana.page.getByRole("dialog", { name: "Old harbour", exact: true });
  await does(anaNow, "bo", "Make owner");
  await showsRoles(boNow, { ana: "Member", bo: "Owner" });
  await showsRoles(anaNow, { ana: "Member", bo: "Owner" });
});

story("cy leaves, and the owner dissolves the group for everybody", async (stage) => {
  const [ana, bo, cy] = /** @type {[Person, Person, Person]} */ (await everybody(stage, ["ana", "bo", "cy"]));
  const id = await makesGroup(ana, { name: "Lighthouse", type: "Meeting", members: ["bo"] });
  await cy.press("New group");
  await cy.page.getByTestId("join-group").fill(id.replace(/^GROUP/, ""));
  await cy.press("Join");
  await cy.page.getByTestId("conversation-title").getByText("Lighthouse", { exact: true }).waitFor();

  const cySees = await aboutGroup(cy, "Lighthouse");
  await cySees.getByRole("button", { name: "Leave group" }).click();
  await cySees.getByTestId("confirm").click();
  await cy.page.locator(`[data-conversation="${id}"]`).waitFor({ state: "detached" });
  const anaSees = await aboutGroup(ana, "Lighthouse");
  await showsRoles(anaSees, { ana: "Owner", bo: "Member" });

  await opens(bo, id);
  await anaSees.getByRole("button", { name: "Dissolve group" }).click();
  await anaSees.getByTestId("confirm").click();
  for (const { page } of [ana, bo]) {
    await page.locator(`[data-conversation="${id}"]`).waitFor({ state: "detached" });
    await page.getByTestId("conversation").waitFor({ state: "detached" });
  }
});
