/**
 * The service worker: rings while no page of this service is open. It shows
 * what the server pushes (docs/protocol.md, Push) as a notification, declines
 * by itself, and opens a page for everything else. A classic script, since not
 * every browser takes a module here.
 *
 * @typedef {object} InvitationMessage
 * @property {"invitation"} type
 * @property {string} inviteID
 * @property {string} inviter
 * @property {string} name of the inviter
 * @property {"audio" | "video"} [callType] of an invitation into a call
 * @property {string} title
 * @property {string} desc
 * @property {boolean} [silent] shown without a sound
 * @property {number} expiresAt Unix ms
 * @property {"en" | "zh"} language
 * @property {string} answerToken declines this invitation and does nothing else
 *
 * @typedef {object} OverMessage
 * @property {"over"} type
 * @property {string} inviteID
 * @property {"accepted" | "rejected" | "cancelled" | "timedOut"} outcome
 * @property {string} name of the inviter
 * @property {"audio" | "video"} [callType]
 * @property {"en" | "zh"} language
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const TEXTS = {
  en: { accept: "Accept", decline: "Decline", missedVideo: "Missed video call", missedVoice: "Missed voice call" },
  zh: { accept: "接听", decline: "拒绝", missedVideo: "未接视频通话", missedVoice: "未接语音通话" },
};

worker.addEventListener("install", () => void worker.skipWaiting());

worker.addEventListener("push", (event) => {
  /** @type {InvitationMessage | OverMessage} */
  const message = event.data?.json();
  event.waitUntil(message.type === "over" ? over(message) : ring(message));
});

worker.addEventListener("notificationclick", (event) => {
  const { notification, action } = event;
  event.waitUntil(action === "decline" ? decline(notification) : open(notification, action));
});

/** @param {InvitationMessage} message */
function ring(message) {
  const { inviteID, inviter, callType, title, desc, silent = false, language, answerToken } = message;
  const { accept, decline } = TEXTS[language];
  /** `actions` and `renotify` are not in every browser. @type {NotificationOptions & {actions: object[], renotify: boolean}} */
  const options = {
    body: desc,
    tag: inviteID,
    lang: language,
    icon: "icon.svg",
    requireInteraction: true,
    renotify: true,
    silent,
    actions: [{ action: "accept", title: accept }, { action: "decline", title: decline }],
    data: { inviteID, inviter, callType, answerToken },
  };
  return worker.registration.showNotification(title, options);
}

/** The notification goes away, or says what was missed. @param {OverMessage} message */
async function over({ inviteID, outcome, name, callType, language }) {
  const missed = outcome === "cancelled" || outcome === "timedOut";
  if (!missed || !callType) {
    for (const shown of await worker.registration.getNotifications({ tag: inviteID })) shown.close();
    return;
  }
  // That of the same tag takes the place of the one that rang.
  const { missedVideo, missedVoice } = TEXTS[language];
  const title = callType === "video" ? missedVideo : missedVoice;
  await worker.registration.showNotification(title, { body: name, tag: inviteID, lang: language, icon: "icon.svg", data: { missed: true } });
}

/** Says no without a page. If the server cannot be reached, the notification stays. @param {Notification} notification */
async function decline(notification) {
  const { inviteID, answerToken } = notification.data;
  await fetch(`v1/invitations/${encodeURIComponent(inviteID)}/reject`, {
    method: "POST",
    headers: { authorization: `Bearer ${answerToken}`, "content-type": "application/json" },
    body: JSON.stringify({ data: rejectData(notification.data) }),
  });
  notification.close();
}

/** What other clients of the call read in its rejection (TUICallEngine's payload). @param {{inviter: string, callType?: string}} call */
function rejectData({ inviter, callType }) {
  if (!callType) return "";
  const [call_type, cmd] = callType === "video" ? [2, "videoCall"] : [1, "audioCall"];
  return JSON.stringify({ version: 4, businessID: "av_call", platform: "Web", call_type, data: { cmd, inviter, message: "" } });
}

/** Opens a page that accepts, rings, or shows what was missed. @param {Notification} notification @param {string} action */
async function open(notification, action) {
  const { inviteID, missed } = notification.data;
  notification.close();
  const where = missed ? "#tab=calls" : action === "accept" ? `?accept=${encodeURIComponent(inviteID)}` : "";
  await worker.clients.openWindow(new URL(where, worker.registration.scope).href);
}
