import { chromium } from "playwright-core";
import { CHROMIUM } from "./places.js";
import { fixtures } from "./fixtures.js";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  // A page may then use the server on this very machine in a network of its own, too.
  "--allow-loopback-in-peer-connection",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

/** Browsers take their time to start on a busy machine. */
export const STARTED_WITHIN_MS = 180_000;

/**
 * @typedef {object} BrowserOptions
 * @property {import("./portraits.js").Portrait} portrait before the camera and at the microphone
 * @property {boolean} [grant] camera and microphone are allowed; false: they are refused
 * @property {boolean} [autoplay] sound may play without a click
 * @property {{width: number, height: number, counter: boolean}} [picture]
 * @property {string[]} [args] more flags
 * @property {string} [executablePath]
 */

/**
 * What playwright needs for a Chromium with a camera and a microphone of its own.
 *
 * @param {BrowserOptions} options
 */
export async function launchOptions({ portrait, grant = true, autoplay = true, picture, args = [], executablePath = CHROMIUM }) {
  const files = await fixtures(portrait, picture);
  return {
    executablePath,
    args: [
      ...ARGS,
      `--use-file-for-fake-video-capture=${files.picture}`,
      `--use-file-for-fake-audio-capture=${files.sound}`,
      ...(grant ? ["--use-fake-ui-for-media-stream"] : []),
      ...(autoplay ? ["--autoplay-policy=no-user-gesture-required"] : []),
      ...args,
    ],
  };
}

/** Starts such a browser. @param {BrowserOptions} options */
export async function launch(options) {
  return chromium.launch({ timeout: STARTED_WITHIN_MS, ...(await launchOptions(options)) });
}
