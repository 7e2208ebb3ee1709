/** What the page says of ringing while it is closed, in English. */
export const pushEn = Object.freeze({
  notificationsDenied: "Your browser blocks notifications from this site. Allow them in its site settings.",
  pushFailed: "It could not be turned on or off. {reason}",
  ringWhenClosed: "Ring in this browser while this page is closed or in the background",
});

/** The same in Chinese. @type {Record<keyof typeof pushEn, string>} */
export const pushZh = Object.freeze({
  notificationsDenied: "浏览器阻止了本站的通知，请在网站设置中允许。",
  pushFailed: "未能更改设置。{reason}",
  ringWhenClosed: "本页关闭或在后台时，由此浏览器提醒来电",
});
