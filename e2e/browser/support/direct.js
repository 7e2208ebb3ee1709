import { Member } from "./member.js";
import { portraits } from "./portraits.js";
import { installProbes } from "./probes.js";

/**
 * Two pages with nothing but an RTCPeerConnection between them: what browsers
 * alone make of a measurement. The first one's camera and microphone go to the second.
 */
export class DirectMember extends Member {
  /**
   * @param {import("playwright-core").BrowserContext} context
   * @param {{userID: string, url: string}} who url of any page of an origin that may use devices
   */
  static async enter(context, { userID, url }) {
    const page = await context.newPage();
    const member = new DirectMember(userID, page);
    await page.addInitScript(installProbes, Object.values(portraits).map(({ name, wall, tone }) => ({ name, wall, tone })));
    await page.goto(`${url}/healthz`);
    return member;
  }

  /** Sends somebody what this page's camera and microphone give. @param {DirectMember} other */
  async sendsTo(other) {
    const offer = await this.page.evaluate(offerOwn);
    const answer = await other.page.evaluate(answerWith, { offer, userID: this.userID });
    await this.page.evaluate((sdp) => /** @type {any} */ (window).direct.setRemoteDescription({ type: "answer", sdp }), answer);
  }
}

/** Runs in the page. */
async function offerOwn() {
  const pc = (/** @type {any} */ (window).direct = new RTCPeerConnection());
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== "complete") await new Promise((changed) => pc.addEventListener("icegatheringstatechange", changed, { once: true }));
  return pc.localDescription?.sdp ?? "";
}

/** Runs in the page. @param {{offer: string, userID: string}} from */
async function answerWith({ offer, userID }) {
  const pc = (/** @type {any} */ (window).direct = new RTCPeerConnection());
  pc.addEventListener("track", ({ track, streams: [stream] }) => {
    const element = track.kind === "video" ? document.createElement("video") : new Audio();
    Object.assign(element, { muted: track.kind === "video", autoplay: true, srcObject: stream ?? null });
    if (track.kind === "video") element.dataset["testid"] = `tile-${userID}`;
    document.body.append(element);
  });
  await pc.setRemoteDescription({ type: "offer", sdp: offer });
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== "complete") await new Promise((changed) => pc.addEventListener("icegatheringstatechange", changed, { once: true }));
  return pc.localDescription?.sdp ?? "";
}
