import assert from "node:assert/strict";
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

/**
 * A push service for one browser: it takes what the server sends (RFC 8030),
 * checks who sends (RFC 8292) and decrypts as the browser would (RFC 8291).
 */
export class PushService {
  #keys = createECDH("prime256v1");
  #auth = randomBytes(16);
  #http = createServer((request, response) => void this.#take(request, response));
  /** @type {object[]} */
  #messages = [];
  /** @type {((message: object) => void)[]} */
  #waiting = [];
  /** What was wrong with what it was sent. @type {unknown[]} */
  faults = [];
  /** The key the browser subscribed with, base64url. */
  applicationServerKey = "";

  static async start() {
    const service = new PushService();
    service.#keys.generateKeys();
    service.#http.listen(0, "127.0.0.1");
    await once(service.#http, "listening");
    service.#http.unref(); // it ends with the tests
    return service;
  }

  /** As PushSubscription.toJSON() has it. */
  get subscription() {
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#http.address());
    return {
      endpoint: `http://127.0.0.1:${port}/push/1`,
      keys: { p256dh: this.#keys.getPublicKey("base64url"), auth: this.#auth.toString("base64url") },
    };
  }

  /** The next message, decrypted. @returns {Promise<any>} */
  next() {
    const message = this.#messages.shift();
    return message ? Promise.resolve(message) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async #take(request, response) {
    try {
      const body = Buffer.concat(await request.toArray());
      this.#check(request);
      const message = JSON.parse(this.#decrypt(body));
      response.writeHead(201, { location: "/m/1" }).end();
      const wanted = this.#waiting.shift();
      if (wanted) wanted(message);
      else this.#messages.push(message);
    } catch (thrown) {
      this.faults.push(thrown);
      response.writeHead(400).end();
    }
  }

  /** @param {import("node:http").IncomingMessage} request */
  #check({ method, headers }) {
    assert.equal(method, "POST");
    assert.equal(headers["content-encoding"], "aes128gcm");
    assert.equal(headers.urgency, "high");
    assert.match(headers.ttl, /^\d+$/);
    assert.match(headers.topic, /^[\w-]{1,32}$/);
    const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(\S+)$/.exec(headers.authorization ?? "") ?? [];
    assert.equal(key, this.applicationServerKey);
    const [head, claims, signature] = token.split(".");
    const point = Buffer.from(key, "base64url");
    const jwk = { kty: "EC", crv: "P-256", x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") };
    const publicKey = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: /** @type {const} */ ("ieee-p1363") };
    assert.ok(verify("sha256", Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, "base64url")), "signature");
    assert.equal(JSON.parse(Buffer.from(claims, "base64url").toString()).aud, `http://${headers.host}`);
  }

  /** @param {Buffer} body */
  #decrypt(body) {
    const [salt, sender, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.#keys.getPublicKey(), sender]);
    const secret = Buffer.from(hkdfSync("sha256", this.#keys.computeSecret(sender), this.#auth, info, 32));
    const key = Buffer.from(hkdfSync("sha256", secret, salt, "Content-Encoding: aes128gcm\0", 16));
    const nonce = Buffer.from(hkdfSync("sha256", secret, salt, "Content-Encoding: nonce\0", 12));
    const decipher = createDecipheriv("aes-128-gcm", key, nonce);
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
}

/**
 * Runs in the page: its browser subscribes at our push service, since no public one can be reached.
 *
 * @param {{endpoint: string, keys: {p256dh: string, auth: string}}} there
 */
export function subscribeThere(there) {
  const bytes = (/** @type {string} */ text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const subscription = (/** @type {string} */ key) => ({
    endpoint: there.endpoint,
    options: { applicationServerKey: bytes(key).buffer },
    toJSON: () => ({ ...there, expirationTime: null }),
    unsubscribe: async () => localStorage.removeItem("subscribed"),
  });
  const manager = /** @type {any} */ (PushManager.prototype);
  manager.getSubscription = async () => {
    const key = localStorage.getItem("subscribed");
    return key && subscription(key);
  };
  manager.subscribe = async (/** @type {{applicationServerKey: string}} */ { applicationServerKey }) => {
    localStorage.setItem("subscribed", applicationServerKey);
    return subscription(applicationServerKey);
  };
}
