import assert from "node:assert/strict";
import { certificate } from "../support/certificate.js";
import { portraits } from "../support/portraits.js";
import { freeUDPPort } from "../support/server.js";
import { networkStory, story } from "../support/story.js";
import { eventually } from "../support/until.js";

/** @typedef {import("../support/person.js").Person} Person */

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

story("who may not use camera and microphone still sees and hears", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", { ...ofBo, grant: false });
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);
  await Promise.all([bo.sees("ana"), bo.hears("ana")]);
  const said = bo.page.getByTestId("device-faults");
  await said.getByText("No microphone and no camera: You have not allowed it. Allow it in the site settings").waitFor();
  await said.getByRole("button", { name: "Close" }).click();
  await said.waitFor({ state: "detached" });
  assert.equal(await ana.seen(), null);
  await ana.page.getByText("bo is muted").waitFor();
  await bo.press("Hang up");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);

  await bo.closesCard();
  await bo.press("Check camera and microphone");
  await bo.page.getByText(/Open the site settings/).waitFor();
});

const { flags, args } = certificate();

/** Everything but media by UDP goes to the one port of the page. @param {number} port */
const allWays = async (port) => [
  ...flags, "--turn-domain", "localhost", "--turn-udp-port", String(await freeUDPPort()),
  "--tcp-port", String(port), "--turn-tcp-port", String(port), "--turn-tls-port", String(port),
];

story("before a call one finds out by which ways it would get through", async (stage) => {
  const ana = await stage.enter("ana", { ...ofAna, args });
  await checksNetwork(ana);
  const { report, rows } = reportOf(ana);
  await report.getByText("Calls get through by the straight way.").waitFor();
  for (const row of await rows.allInnerTexts()) assert.match(row, /Open · \d+\sms$/);
  assert.equal(await rows.count(), 5);
}, { flags: allWays });

networkStory("where no UDP gets out the check finds the ways that are left, and says whom to ask", async (stage, network) => {
  const ana = await stage.enter("ana", { ...ofAna, executablePath: network.chromium("abroad") });
  network.lose("udp");
  await checksNetwork(ana);
  const { report, rows } = reportOf(ana);
  await report.getByText(`ask who runs your network to let UDP through to ${network.host}:${stage.server.udpPort}.`).waitFor();
  const texts = (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").replace(/ · \d+ ms/, ""));
  assert.deepEqual(texts, ["Direct, over UDP Closed", "Direct, over TCP Open", "TURN, over UDP Closed", "TURN, over TCP Open", "TURN, over TLS Not offered here"]);
}, { flags: ["--tcp-port", "7882", "--turn-udp-port", "3478", "--turn-tcp-port", "3478"] });

networkStory("where a server has no other way than UDP and that is closed, the check says what to do", async (stage, network) => {
  const ana = await stage.enter("ana", { ...ofAna, executablePath: network.chromium("abroad") });
  network.lose("udp");
  await checksNetwork(ana);
  const { report, rows } = reportOf(ana);
  await report.getByText("Calls will not get through from here").waitFor();
  await report.getByText("Try another network").waitFor();
  await report.getByText(`${network.host}:${stage.server.udpPort} (Direct, over UDP)`).waitFor();
  assert.equal(await rows.filter({ hasText: "Not offered here" }).count(), 4);
  network.restore();
  await ana.press("Check the network");
  await report.getByText("Calls get through by the straight way.").waitFor();
}, { flags: ["--tcp-port", "0", "--turn-udp-port", "0"] });

/** @param {Person} person */
async function checksNetwork(person) {
  await person.press("Check camera and microphone");
  await person.press("Check the network");
}

/** What the check has found. @param {Person} person */
function reportOf({ page }) {
  const report = page.getByTestId("network-report");
  return { report, rows: report.locator("[data-way]") };
}

story("where the browser holds sound back, a click lets one hear", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", { ...ofBo, autoplay: false }, { robot: answerByItself });
  await ana.seesOnline("bo");
  await ana.dial("bo");
  await ana.comesTo("connected");
  await bo.button("Click to hear ana").waitFor();
  await bo.sees("ana");
  assert.equal(await bo.plays(), false);
  await bo.press("Click to hear ana");
  await bo.button("Click to hear ana").waitFor({ state: "detached" });
  await eventually(async () => assert.equal(await bo.plays(), true));
  await bo.hears("ana");
});

/** No click and no key: the browser knows of nobody who would want to hear anything. */
function answerByItself() {
  document.addEventListener("statechange", ({ target }) => {
    const kit = /** @type {any} */ (target);
    if (kit.dataset.state === "ringing") setTimeout(() => kit.data.client.engine.accept());
  });
}
