import puppeteer from "puppeteer-core";
import { STARTED_WITHIN_MS } from "./browsers.js";
import { FIREFOX } from "./places.js";

/**
 * Firefox with its own fake devices: a flat picture that changes its colour,
 * and a tone. The last two permissions let it offer the addresses it has.
 */
const PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.autoplay.blocking_policy": 0,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "permissions.default.camera": 1,
  "permissions.default.microphone": 1,
  "app.normandy.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

export function launchFirefox() {
  return puppeteer.launch({ timeout: STARTED_WITHIN_MS, browser: "firefox", executablePath: FIREFOX, headless: true, extraPrefsFirefox: PREFERENCES });
}
