import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";
import { Member } from "./member.js";
import { portraits } from "./portraits.js";
import { installProbes } from "./probes.js";
import { freePort, freeUDPPort } from "./server.js";

const KEY = "devkey";
const SECRET = "known-to-all-and-good-for-a-comparison";
const READY_WITHIN_MS = 20_000;
const HOST = "127.0.0.1";

/** A LiveKit server to compare with, on ports of its own. What is not named here is as it comes. */
export class LiveKitServer {
  /** Everything it has written. */
  log = "";
  #process;

  /** @param {string} url @param {number} udpPort @param {import("node:child_process").ChildProcess} process */
  constructor(url, udpPort, process) {
    this.url = url;
    this.udpPort = udpPort;
    this.#process = process;
    process.stderr?.on("data", (text) => (this.log += text));
  }

  /** Starts it and waits until it answers. @param {string} binary */
  static async start(binary) {
    const [port, udpPort] = [await freePort(), await freeUDPPort()];
    const config = {
      port,
      bind_addresses: [HOST],
      keys: { [KEY]: SECRET },
      logging: { level: "error" },
      rtc: {
        udp_port: udpPort,
        node_ip: HOST,
        use_external_ip: false,
        enable_loopback_candidate: true,
        ips: { includes: [`${HOST}/32`] },
        batch_io: { batch_size: 128, max_flush_interval: "2ms" },
      },
    };
    const child = spawn(binary, ["--config-body", JSON.stringify(config)], { stdio: ["ignore", "ignore", "pipe"] }); // JSON is YAML
    const server = new LiveKitServer(`http://${HOST}:${port}`, udpPort, child);
    await Promise.race([server.#ready(), once(child, "error").then(([error]) => Promise.reject(error))]);
    return server;
  }

  async stop() {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await ended;
  }

  async #ready() {
    const until = Date.now() + READY_WITHIN_MS;
    while (!(await fetch(this.url).then((answer) => answer.ok, () => false))) {
      if (this.#process.exitCode !== null || Date.now() > until) throw new Error(`LiveKit did not become ready:\n${this.log}`);
      await new Promise((again) => setTimeout(again, 20));
    }
  }
}

/** Somebody in a LiveKit room, by the `livekit-client` package and nothing else. */
export class LiveKitMember extends Member {
  /**
   * Enters a room.
   *
   * @param {import("playwright-core").BrowserContext} context
   * @param {{userID: string, url: string, room: string, camera?: boolean, lines: number, fps: number}} who lines and fps of the camera
   */
  static async enter(context, { userID, url, room, camera = true, lines, fps }) {
    const page = await context.newPage();
    const member = new LiveKitMember(userID, page);
    await page.addInitScript(installProbes, Object.values(portraits).map(({ name, wall, tone }) => ({ name, wall, tone })));
    await page.goto(url); // of the server's origin, with nothing in it
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve("livekit-client") });
    await page.evaluate(begin, { userID, url, token: token(userID, room), camera, lines, fps });
    return member;
  }

  /** Everybody is subscribed to everybody, at the best quality that is sent. @override */
  async looksAt() {}
}

/** An access token of LiveKit: a JWT (RFC 7519) signed with the secret. @param {string} userID @param {string} room */
function token(userID, room) {
  const encode = (/** @type {object} */ part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const claims = { iss: KEY, sub: userID, exp: Math.floor(Date.now() / 1000) + 3600, video: { roomJoin: true, room } };
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

/**
 * Runs in the page. The camera's three layers and their bit rates are those of
 * callsvc's SDK (encodings.js), everything else is as it comes.
 *
 * @param {{userID: string, url: string, token: string, camera: boolean, lines: number, fps: number}} who
 */
async function begin({ url, token, camera, lines, fps }) {
  const { Room, RoomEvent, VideoPreset } = /** @type {any} */ (window).LivekitClient;
  const room = new Room();
  const width = (/** @type {number} */ height) => Math.round((height * 16) / 9);
  room.on(RoomEvent.TrackSubscribed, (/** @type {any} */ track, /** @type {any} */ _, /** @type {any} */ participant) => {
    const element = track.attach();
    if (track.kind === "video") element.dataset["testid"] = `tile-${participant.identity}`;
    document.body.append(element);
  });
  Object.assign(window, { room, state: () => JSON.stringify({ state: room.state, remote: [...room.remoteParticipants.keys()] }) });
  await room.connect(url.replace("http", "ws"), token);
  const resolution = { width: width(lines), height: lines, frameRate: fps };
  await room.localParticipant.setMicrophoneEnabled(true);
  if (!camera) return;
  await room.localParticipant.setCameraEnabled(true, { resolution }, {
    simulcast: true,
    videoEncoding: { maxBitrate: 1_700_000, maxFramerate: fps },
    videoSimulcastLayers: [
      new VideoPreset(width(lines / 4), lines / 4, 150_000, fps),
      new VideoPreset(width(lines / 2), lines / 2, 500_000, fps),
    ],
  });
}
