import { html, svg } from "../vendor/lit-html.js";

/** @param {unknown} shapes */
const icon = (shapes) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes}</svg>`;

const slash = svg`<path d="M4 4l16 16" />`;
const micShape = svg`<rect x="9" y="3" width="6" height="11" rx="3" /><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />`;
const cameraShape = svg`<rect x="2.5" y="6" width="13" height="12" rx="2.5" /><path d="M15.5 10.5l6-3.5v10l-6-3.5" />`;
const phoneShape = svg`<path
  d="M6.2 3.5h2.6l1.6 4.3-2 1.6a11.5 11.5 0 0 0 6.2 6.2l1.6-2 4.3 1.6v2.6a2 2 0 0 1-2.2 2A16.3 16.3 0 0 1 4.2 5.7a2 2 0 0 1 2-2.2z" />`;

/** The page's icons: 24 units square, drawn in the text's colour. */
export const icons = Object.freeze({
  mic: icon(micShape),
  micOff: icon(svg`${micShape}${slash}`),
  camera: icon(cameraShape),
  cameraOff: icon(svg`${cameraShape}${slash}`),
  phone: icon(phoneShape),
  hangUp: icon(svg`<g transform="rotate(135 12 12)">${phoneShape}</g>`),
  sliders: icon(svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9" /><circle cx="15" cy="7" r="2" /><circle cx="9" cy="17" r="2" />`),
  expand: icon(svg`<path d="M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5" />`),
  keyboard: icon(svg`<rect x="2.5" y="6" width="19" height="12" rx="2.5" /><path d="M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8" />`),
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18" />`),
  bellOff: icon(svg`<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4" />${slash}`),
  speaker: icon(svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" />`),
  download: icon(svg`<path d="M12 4v11M7.5 11L12 15.5 16.5 11M4.5 19.5h15" />`),
  incoming: icon(svg`<path d="M18 6L7 17M7 9v8h8" />`),
  outgoing: icon(svg`<path d="M6 18L17 7M9 7h8v8" />`),
  missed: icon(svg`<path d="M20 7l-7.5 7.5L5 7M5 12V7h5" />`),
  chats: icon(svg`<path d="M5.5 4.5h13a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H11l-4.5 3.5v-3.5h-1a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2z" />`),
  people: icon(svg`<circle cx="9" cy="8.5" r="3.5" /><path d="M2.5 19.5a6.5 6.5 0 0 1 13 0M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.5 13.6a6.5 6.5 0 0 1 4 5.9" />`),
  history: icon(svg`<circle cx="12" cy="12" r="8.5" /><path d="M12 7v5.2l3.2 2" />`),
  back: icon(svg`<path d="M14.5 5L7.5 12l7 7" />`),
  info: icon(svg`<circle cx="12" cy="12" r="8.5" /><path d="M12 11v5.2M12 7.8v.1" />`),
  send: icon(svg`<path d="M4 12L20 4.5 15 20l-3.5-6.5zM11.5 13.5L20 4.5" />`),
  plus: icon(svg`<path d="M12 5v14M5 12h14" />`),
  more: icon(svg`<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="3" />`),
  down: icon(svg`<path d="M12 5v14M6 13l6 6 6-6" />`),
  gear: icon(svg`<circle cx="12" cy="12" r="3" /><path d="M12 3.5v2.2M12 18.3v2.2M20.5 12h-2.2M5.7 12H3.5M18 6l-1.6 1.6M7.6 16.4L6 18M18 18l-1.6-1.6M7.6 7.6L6 6" />`),
  check: icon(svg`<path d="M5 12.5l4.5 4.5L19 7.5" />`),
  theme: icon(svg`<circle cx="12" cy="12" r="8.5" /><path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor" />`),
  globe: icon(svg`<circle cx="12" cy="12" r="8.5" /><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17" />`),
  signOut: icon(svg`<path d="M14 4.5H6v15h8M10.5 12H21M17 8l4 4-4 4" />`),
  hand: icon(svg`<path d="M8 12.5V6a1.5 1.5 0 0 1 3 0v5M11 10.5V4.5a1.5 1.5 0 0 1 3 0v6M14 11V6a1.5 1.5 0 0 1 3 0v8.5a6 6 0 0 1-6 6c-2.4 0-3.8-1-5-3l-2.2-3.7a1.5 1.5 0 0 1 2.5-1.6L8 14.5" />`),
  smile: icon(svg`<circle cx="12" cy="12" r="8.5" /><path d="M8.2 14a4.4 4.4 0 0 0 7.6 0M9 9.5h.01M15 9.5h.01" />`),
  pin: icon(svg`<path d="M9 4h6l-.7 6.2 3.2 3.3H6.5l3.2-3.3zM12 13.5V20" />`),
  screen: icon(svg`<rect x="2.5" y="4.5" width="19" height="12.5" rx="2" /><path d="M8.5 20.5h7M12 14V8M9.3 10.5L12 7.8l2.7 2.7" />`),
  screenOff: icon(svg`<rect x="2.5" y="4.5" width="19" height="12.5" rx="2" /><path d="M8.5 20.5h7M9.5 8.3l5 5M14.5 8.3l-5 5" />`),
  grid: icon(svg`<rect x="3.5" y="4.5" width="7.5" height="6.5" rx="1.5" /><rect x="13" y="4.5" width="7.5" height="6.5" rx="1.5" /><rect x="3.5" y="13" width="7.5" height="6.5" rx="1.5" /><rect x="13" y="13" width="7.5" height="6.5" rx="1.5" />`),
  speakerView: icon(svg`<rect x="3" y="4.5" width="12.5" height="15" rx="2" /><rect x="17.5" y="4.5" width="3.5" height="4.2" rx="1" /><rect x="17.5" y="9.9" width="3.5" height="4.2" rx="1" /><rect x="17.5" y="15.3" width="3.5" height="4.2" rx="1" />`),
  blur: icon(svg`<circle cx="12" cy="9" r="3.5" /><path d="M5.5 20a6.5 6.5 0 0 1 13 0M3.5 6h.01M3.5 11h.01M3.5 16h.01M20.5 6h.01M20.5 11h.01M20.5 16h.01" />`),
  flip: icon(svg`<path d="M4 9a8 8 0 0 1 14-3.5M20 15a8 8 0 0 1-14 3.5M18.5 2v4h-4M5.5 22v-4h4" />`),
  pip: icon(svg`<path d="M11 17.5H5a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2V10" /><rect x="13" y="12.5" width="8" height="7" rx="1.5" />`),
  chart: icon(svg`<path d="M4 20V4M4 20h16M8.5 16v-4M13 16V8M17.5 16v-6" />`),
  eyeOff: icon(svg`<path d="M3 12s3.4-6 9-6 9 6 9 6-3.4 6-9 6-9-6-9-6z" /><circle cx="12" cy="12" r="2.5" />${slash}`),
  lock: icon(svg`<rect x="5" y="10.5" width="14" height="9.5" rx="2" /><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5" />`),
  link: icon(svg`<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2" />`),
  copy: icon(svg`<rect x="8.5" y="8.5" width="11" height="11" rx="2" /><path d="M15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2" />`),
  personAdd: icon(svg`<circle cx="9.5" cy="8" r="3.5" /><path d="M3 19.5a6.5 6.5 0 0 1 13 0M19 8v6M16 11h6" />`),
  star: icon(svg`<path d="M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8-5 2.8 1.1-5.5L4 9.7 9.6 9z" />`),
  next: icon(svg`<path d="M9.5 5l7 7-7 7" />`),
  meeting: icon(svg`<rect x="3" y="5" width="18" height="15" rx="2" /><path d="M3 9.5h18M8 3v4M16 3v4M9 14.5l2 2 4-4" />`),
  warning: icon(svg`<path d="M12 4L2.5 20h19zM12 10v4.5M12 17.2v.1" />`),
});
