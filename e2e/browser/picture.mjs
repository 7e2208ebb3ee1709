/**
 * Takes docs/img/call.png: two browsers in a call, side by side.
 *
 *     npm ci && node picture.mjs
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "./support/browsers.js";
import { Person } from "./support/person.js";
import { ROOT } from "./support/places.js";
import { portraits } from "./support/portraits.js";
import { Server } from "./support/server.js";

const PICTURE = { width: 960, height: 540, counter: false };
const WINDOW = { width: 800, height: 450 };
const SECONDS = 20;

const folder = mkdtempSync(join(tmpdir(), "callsvc-picture-"));
const server = await Server.start();
const people = await Promise.all(["ana", "bo"].map(async (userID) => {
  const browser = await launch({ portrait: portraits[userID], picture: PICTURE });
  return Person.enter(await browser.newContext({ viewport: WINDOW, locale: "en-US" }), { userID, url: server.url });
}));
const [ana, bo] = people;
await ana.dial("bo");
await bo.press("Accept");
await ana.talksFor(SECONDS); // by then the picture has come to its full size
for (const { page } of people) await page.mouse.move(0, 0);
for (const { page, userID } of people) await page.screenshot({ path: join(folder, `${userID}.png`) });
await ana.press("Hang up");
for (const { page } of people) await page.context().browser()?.close();
await server.stop();

mkdirSync(join(ROOT, "docs", "img"), { recursive: true });
const frame = "[0]pad=iw+12:ih:0:0:white[a];[a][1]hstack,split[s][p];[p]palettegen=max_colors=200[c];[s][c]paletteuse=dither=none";
execFileSync("ffmpeg", ["-v", "error", "-y", "-i", join(folder, "ana.png"), "-i", join(folder, "bo.png"), "-filter_complex", frame, join(ROOT, "docs", "img", "call.png")]);
rmSync(folder, { recursive: true });
