import assert from "node:assert/strict";
import { extras, portraits } from "../support/portraits.js";
import { story } from "../support/story.js";
import { eventually } from "../support/until.js";

const ROOM = "standup";
const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

story("three people and five more: in every page every tile moves", async (stage) => {
  const five = extras.slice(0, 5);
  await stage.cast(ROOM, five);
  const pages = [await stage.join("ana", ROOM, ofAna), await stage.join("bo", ROOM, ofBo), await stage.join("eve", ROOM, { ...ofAna, camera: false })];
  const shown = [...five.map(({ name }) => name), "ana", "bo"];
  for (const member of pages) {
    for (const name of shown) if (name !== member.userID) await member.looksAt(name, { height: 180 });
  }
  for (const member of pages) {
    for (const name of shown) if (name !== member.userID) await member.sees(name);
  }
  for (const member of pages) await Promise.all(shown.filter((name) => name !== member.userID).map((name) => member.hears(name)));
});

story("nine tiles at once, and whoever is looked away from makes room for another", async (stage) => {
  await stage.cast(ROOM, extras);
  const ana = await stage.join("ana", ROOM, { ...ofAna, camera: false });
  const names = extras.map(({ name }) => name);
  for (const name of names) await ana.looksAt(name, { height: 120 });
  for (const name of names) await ana.sees(name);
  const pictures = async () => (await ana.statistics()).remote.filter(({ kind }) => kind === "video").length;
  const before = await pictures();
  for (const name of names.slice(0, 3)) await ana.looksAwayFrom(name);
  await stage.join("bo", ROOM, ofBo);
  await ana.looksAt("bo", { height: 120 });
  await ana.sees("bo");
  await ana.looksAt(names[0] ?? "", { height: 120 });
  await ana.sees(names[0] ?? "");
  await eventually(async () => assert.equal(await pictures(), before, "there are more slots than nine people need"));
});
