import assert from "node:assert/strict";
import { begins, comesAsGuest, meets, opensPanel, uses } from "../support/meeting.js";
import { remember, saw } from "../support/passing.js";
import { portraits } from "../support/portraits.js";
import { networkStory, story } from "../support/story.js";

/** @typedef {import("../support/person.js").Person} Person */

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const clipboard = { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };

const CONNECTION = "[data-testid=connection]";

/** @param {Person} person @param {string} sentence */
const isTold = (person, sentence) => saw(person, CONNECTION, sentence);

/** @param {Person} person @param {string} sentence */
const reads = ({ page }, sentence) => page.getByRole("dialog").getByText(sentence).waitFor();

networkStory("in a meeting one is told that the network is gone, what to do, and that it is back", async (stage, network) => {
  const trusted = [`--unsafely-treat-insecure-origin-as-secure=${stage.server.url}`];
  const ana = await stage.enter("ana", { ...ofAna, args: trusted, executablePath: network.chromium("home") }, clipboard);
  const gus = await stage.enter("", { ...ofBo, args: trusted, executablePath: network.chromium("abroad") });
  const link = await begins(ana);
  await comesAsGuest(gus, link, "Gus");
  await meets(gus, "connected");
  await gus.sees("ana", "tile-ana");
  await remember(gus, CONNECTION);
  network.lose();
  await isTold(gus, "Reconnecting…");
  await isTold(gus, "Still no connection. Check your Wi-Fi or cable");
  network.restore();
  await isTold(gus, "You are connected again.");
  await gus.sees("ana", "tile-ana");
  await gus.page.getByTestId("connection").waitFor({ state: "detached" });
});

networkStory("in a meeting one is told that picture and sound do not get through", async (stage, network) => {
  const trusted = [`--unsafely-treat-insecure-origin-as-secure=${stage.server.url}`];
  const ana = await stage.enter("ana", { ...ofAna, args: trusted, executablePath: network.chromium("abroad") }, clipboard);
  await remember(ana, CONNECTION);
  network.lose("udp");
  await begins(ana);
  await isTold(ana, "Picture and sound do not get through from here.");
  network.restore();
  await ana.page.getByTestId("connection").waitFor({ state: "detached" });
}, { flags: ["--tcp-port", "0", "--turn-udp-port", "0"] });

story("who is sent away is told why, and what there is to do", async (stage) => {
  const ana = await stage.enter("ana", ofAna, clipboard);
  const gus = await stage.enter("", { ...ofBo, grant: false });
  const link = await begins(ana);
  await comesAsGuest(gus, link, "Gus");
  await meets(gus, "connected");
  await gus.page.getByTestId("device-faults").getByText("You see and hear the others.").waitFor();
  await gus.sees("ana", "tile-ana");

  await opensPanel(ana, "People");
  await uses(ana, "Gus", "Remove");
  await reads(gus, "You were removed from the meeting");
  await reads(gus, "If you ask to come back, you wait until a host lets you in.");
  await gus.press("Ask to come back");
  await gus.page.getByTestId("waiting-room").waitFor();
  await ana.page.getByTestId("knocking").getByRole("button", { name: "Deny" }).click();
  await reads(gus, "You were not let in");
  await gus.press("Ask again");
  await ana.page.getByTestId("knocking").getByRole("button", { name: "Admit", exact: true }).click();
  await meets(gus, "connected");
  await gus.sees("ana", "tile-ana");

  await stage.server.stop();
  await Promise.all([ana, gus].map((person) => reads(person, "The server is being restarted")));
  await reads(gus, "Rejoin in a minute");
  assert.equal(await gus.button("Rejoin").isVisible(), true);
});
