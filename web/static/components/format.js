import { language } from "./i18n.js";

/**
 * A running clock: 0:07, 12:04, 1:02:03.
 *
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const s = String(whole % 60).padStart(2, "0");
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/**
 * A moment in the reader's own time zone; today's without the date.
 *
 * @param {number} at Unix ms
 * @param {number} now Unix ms
 */
export function moment(at, now) {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  const time = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit" });
  const style = sameDay ? time : { .../** @type {const} */ ({ month: "short", day: "numeric" }), ...time };
  return new Intl.DateTimeFormat(language.tag, style).format(at);
}

/**
 * The same with date, seconds and zone, for a tooltip.
 *
 * @param {number} at Unix ms
 */
export function exactMoment(at) {
  return new Intl.DateTimeFormat(language.tag, { dateStyle: "full", timeStyle: "long" }).format(at);
}

/**
 * The time of day to the second, where things follow each other fast.
 *
 * @param {number} at Unix ms
 */
export function secondOfDay(at) {
  return new Intl.DateTimeFormat(language.tag, { timeStyle: "medium" }).format(at);
}

/**
 * The letters on the disc that stands for a face.
 *
 * @param {string} name
 */
export function initials(name) {
  const words = name.split(/[\s_-]+/).filter(Boolean);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]) : [...name].slice(0, 1);
  return letters.join("").toUpperCase();
}

/**
 * A day as people say it: today, yesterday, or its date.
 *
 * @param {number} at Unix ms
 * @param {number} now Unix ms
 */
export function day(at, now) {
  const midnight = (/** @type {number} */ ms) => new Date(ms).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0 || days === 1) return capital(new Intl.RelativeTimeFormat(language.tag, { numeric: "auto" }).format(-days, "day"));
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : /** @type {const} */ ({ year: "numeric" });
  return new Intl.DateTimeFormat(language.tag, { weekday: "short", month: "long", day: "numeric", ...year }).format(at);
}

/**
 * When a conversation was last spoken in, in little room: the time today, else the day.
 *
 * @param {number} at Unix ms
 * @param {number} now Unix ms
 */
export function shortMoment(at, now) {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return moment(at, now);
  return new Intl.DateTimeFormat(language.tag, { month: "short", day: "numeric" }).format(at);
}

/** The hour and minute. @param {number} at Unix ms */
export function timeOfDay(at) {
  return new Intl.DateTimeFormat(language.tag, { hour: "2-digit", minute: "2-digit" }).format(at);
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
