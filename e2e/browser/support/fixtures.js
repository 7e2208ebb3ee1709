import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { FPS, FRAMES, film } from "./portraits.js";
import { CACHE, CHROMIUM } from "./places.js";

/** @typedef {import("./portraits.js").Portrait} Portrait */

/** Pictures being made, by path: two browsers may want the same one at once. @type {Map<string, Promise<void>>} */
const making = new Map();
/** What is being made goes by a name of this process: test files run beside each other, and whoever is done last wins. */
const DRAFT = `draft-${process.pid}`;

/**
 * The files of a fake camera and a fake microphone, made on the first use.
 *
 * @param {Portrait} portrait
 * @param {{width?: number, height?: number, counter?: boolean}} [picture]
 * @returns {Promise<{picture: string, sound: string}>} paths
 */
export async function fixtures(portrait, { width = 320, height = 180, counter = true } = {}) {
  const recipe = createHash("sha256").update(readFileSync(new URL("portraits.js", import.meta.url))).digest("hex").slice(0, 8);
  mkdirSync(CACHE, { recursive: true });
  const picture = join(CACHE, `${portrait.name}-${width}x${height}${counter ? "" : "-plain"}-${recipe}.y4m`);
  const sound = join(CACHE, `${portrait.name}-${recipe}.wav`);
  if (!existsSync(picture)) {
    if (!making.has(picture)) making.set(picture, makePicture(portrait, picture, { width, height, counter }));
    await making.get(picture);
  }
  if (!existsSync(sound)) makeSound(portrait, sound);
  return { picture, sound };
}

/**
 * The same encoded, as participants without a browser send it: VP8 with a
 * keyframe each second, and Opus.
 *
 * @param {Portrait} portrait
 * @returns {Promise<{film: string, sound: string}>} paths
 */
export async function reels(portrait) {
  const raw = await fixtures(portrait);
  const film = raw.picture.replace(/y4m$/, "ivf");
  const sound = raw.sound.replace(/wav$/, "ogg");
  if (!existsSync(film)) encode(raw.picture, film, ["-c:v", "libvpx", "-b:v", "150k", "-g", String(FPS), "-deadline", "realtime", "-auto-alt-ref", "0"]);
  if (!existsSync(sound)) encode(raw.sound, sound, ["-c:a", "libopus", "-b:a", "32k", "-frame_duration", "20", "-page_duration", "20000"]);
  return { film, sound };
}

/** @param {string} from @param {string} to @param {string[]} how */
function encode(from, to, how) {
  const draft = to.replace(/\.(\w+)$/, `.${DRAFT}.$1`);
  execFileSync("ffmpeg", ["-v", "error", "-y", "-i", from, ...how, draft]);
  renameSync(draft, to);
}

/**
 * @param {Portrait} portrait
 * @param {string} path
 * @param {{width: number, height: number, counter: boolean}} picture
 */
async function makePicture(portrait, path, { width, height, counter }) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    const frames = await page.evaluate(film, { width, height, frames: FRAMES, fps: FPS, counter, portrait });
    const draft = `${path}.${DRAFT}.y4m`;
    const range = "scale=in_range=full:out_range=tv";
    const args = ["-v", "error", "-y", "-f", "image2pipe", "-c:v", "mjpeg", "-framerate", String(FPS), "-i", "-", "-vf", range, "-pix_fmt", "yuv420p", draft];
    const ffmpeg = spawn("ffmpeg", args, { stdio: ["pipe", "inherit", "inherit"] });
    for (const frame of frames) ffmpeg.stdin.write(Buffer.from(frame.slice(frame.indexOf(",") + 1), "base64"));
    ffmpeg.stdin.end();
    const [code] = await once(ffmpeg, "close");
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
    renameSync(draft, path);
  } finally {
    await browser.close();
  }
}

/**
 * Speech, with short beeps of the portrait's own tone under it.
 *
 * @param {Portrait} portrait
 * @param {string} path
 */
function makeSound({ voice, says, tone }, path) {
  const speech = `${path}.${DRAFT}.speech.wav`;
  const draft = `${path}.${DRAFT}.wav`;
  execFileSync("espeak-ng", ["-v", voice, "-s", "150", "-w", speech, says]);
  const beeps = `aevalsrc=0.2*sin(2*PI*${tone}*t)*lt(mod(t\\,0.6)\\,0.25):s=48000:d=9`;
  const mix = "[0:a]aresample=48000,apad[a];[a][1:a]amix=inputs=2:duration=shortest:normalize=0,volume=0.8";
  execFileSync("ffmpeg", ["-v", "error", "-y", "-i", speech, "-f", "lavfi", "-i", beeps, "-filter_complex", mix, "-ac", "1", "-c:a", "pcm_s16le", draft]);
  rmSync(speech);
  renameSync(draft, path);
}
