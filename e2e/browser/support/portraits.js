/**
 * @typedef {object} Portrait who is in front of a fake camera and how they sound
 * @property {string} name also the fixture's file name
 * @property {[number, number, number]} wall the colour behind them: that is how a test knows whose picture it sees
 * @property {number} tone hertz of the beeps under their voice: that is how it knows whom it hears
 * @property {string} voice for espeak-ng
 * @property {string} says
 * @property {{skin: string, hair: string, shirt: string, long: boolean}} look
 */

/** @type {Record<string, Portrait>} */
export const portraits = {
  ana: {
    name: "ana",
    wall: [214, 122, 70],
    tone: 1250,
    voice: "en-us+f3",
    says: "Hello, this is Ana. Can you hear me well? I am sitting by the window and counting the boats as they go by.",
    look: { skin: "#e9b48f", hair: "#4a2a1c", shirt: "#f2e3c6", long: true },
  },
  bo: {
    name: "bo",
    wall: [52, 128, 140],
    tone: 2150,
    voice: "en-gb+m3",
    says: "Good morning, Bo speaking. Yes, loud and clear. I was just about to make some tea and read the paper.",
    look: { skin: "#c98d63", hair: "#1d1a1a", shirt: "#27406b", long: false },
  },
};

/** People who are only ever participants of a meeting, see Cast. @type {Portrait[]} */
export const extras = [
  extra("cy", [200, 60, 60], 500),
  extra("di", [60, 180, 70], 650),
  extra("ed", [70, 80, 200], 800),
  extra("fay", [200, 190, 60], 950),
  extra("gus", [170, 70, 190], 1100),
  extra("hal", [120, 120, 120], 1400),
  extra("ida", [60, 190, 190], 1550),
  extra("jo", [230, 150, 180], 1700),
  extra("kim", [110, 60, 40], 1850),
];

/** @param {string} name @param {[number, number, number]} wall @param {number} tone @returns {Portrait} */
function extra(name, wall, tone) {
  const look = { skin: "#d9a37c", hair: "#2b211d", shirt: "#e8e4da", long: tone % 300 === 200 };
  return { name, wall, tone, voice: "en-gb", says: `This is ${name}. I am here as well, and I shall say so once more.`, look };
}

/** Frames a second of the fake cameras, and how many frames there are before they begin again. */
export const FPS = 15;
export const FRAMES = 150;

/**
 * Draws one frame: a person who sways, blinks and talks before a wall of their
 * own colour. With `counter` the top ninth carries the frame's number as 16
 * black and white cells, lowest bit first. Runs inside a page.
 *
 * @param {{width: number, height: number, frames: number, fps: number, counter: boolean, portrait: Portrait}} film
 * @returns {string[]} JPEGs as data URLs
 */
export function film({ width, height, frames, fps, counter, portrait }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { wall, look } = portrait;
  const unit = height / 100;
  const shade = (/** @type {number} */ by) => `rgb(${wall.map((v) => Math.round(v * by)).join()})`;
  const oval = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ rx, /** @type {number} */ ry, /** @type {string} */ fill) => {
    c.fillStyle = fill;
    c.beginPath();
    c.ellipse(x * unit, y * unit, rx * unit, ry * unit, 0, 0, 2 * Math.PI);
    c.fill();
  };
  const middle = width / unit / 2;

  const room = () => {
    const light = c.createRadialGradient(width * 0.3, height * 0.3, 0, width * 0.5, height * 0.5, width * 0.8);
    light.addColorStop(0, shade(1.12));
    light.addColorStop(1, shade(0.82));
    c.fillStyle = light;
    c.fillRect(0, 0, width, height);
    c.fillStyle = shade(0.62);
    c.fillRect(0, 86 * unit, width, 2 * unit);
    c.fillStyle = shade(1.35);
    c.fillRect(10 * unit, 22 * unit, 26 * unit, 34 * unit);
    c.fillStyle = "#cfe6f5";
    c.fillRect(12 * unit, 24 * unit, 22 * unit, 30 * unit);
    c.fillStyle = shade(1.35);
    c.fillRect(22 * unit, 24 * unit, 2 * unit, 30 * unit);
  };

  const person = (/** @type {number} */ t) => {
    const x = middle + 1.6 * Math.sin(t * 1.1);
    const y = 47 + 0.8 * Math.sin(t * 1.7);
    if (look.long) oval(x, y + 9, 19, 27, look.hair);
    oval(middle + 0.6 * Math.sin(t * 1.1), 106, 36, 34, look.shirt);
    c.fillStyle = look.skin;
    c.fillRect((x - 5) * unit, (y + 10) * unit, 10 * unit, 18 * unit);
    oval(x, y - 3, 17, 21, look.hair);
    oval(x, y + 2, 14.5, 19, look.skin);
    oval(x, y - 14, 14.5, 6.5, look.hair);
    const open = t % 2.7 < 0.14 ? 0.25 : 1.9;
    for (const side of [-1, 1]) {
      oval(x + side * 6, y, 2.6, open, "#fff");
      oval(x + side * 6 + 0.4 * Math.sin(t), y, 1.3, Math.min(open, 1.5), "#26201d");
      c.fillStyle = look.hair;
      c.fillRect((x + side * 6 - 3) * unit, (y - 5.2) * unit, 6 * unit, 1.1 * unit);
    }
    oval(x, y + 5, 1.6, 2.2, "rgb(0 0 0 / 12%)");
    oval(x, y + 11.5, 4.6, 0.9 + 1.7 * Math.abs(Math.sin(t * 7) * Math.sin(t * 1.9)), "#8f3b3b");
  };

  const number = (/** @type {number} */ n) => {
    for (let bit = 0; bit < 16; bit++) {
      c.fillStyle = (n >> bit) & 1 ? "#fff" : "#000";
      c.fillRect((bit * width) / 16, 0, width / 16 + 1, height / 9);
    }
  };

  return Array.from({ length: frames }, (_, n) => {
    room();
    person(n / fps);
    if (counter) number(n);
    return canvas.toDataURL("image/jpeg", 0.93);
  });
}
