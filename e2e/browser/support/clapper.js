/**
 * A clapperboard: a camera that flashes and a microphone that beeps at the same
 * moment, and at the other end an eye and an ear that say when each came.
 * Everything here runs in pages.
 */

/** How often it claps, and how long a clap is. */
export const CLAP_EVERY_MS = 1500;
const CLAP_MS = 150;

/**
 * Makes a page's camera and microphone clap. Runs before its own scripts.
 *
 * @param {{everyMs: number, clapMs: number}} rhythm
 */
function installClapper({ everyMs, clapMs }) {
  const [every, length] = [everyMs / 1000, clapMs / 1000];
  /** @type {{sound: MediaStream, picture: MediaStream} | undefined} */
  let made;

  function make() {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency: 1000 });
    const gain = new GainNode(context, { gain: 0 });
    const microphone = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    tone.connect(gain).connect(microphone);
    tone.start();
    // A murmur goes on between the beeps: after a pause that an encoder does not send, receivers play what comes later.
    const murmur = new OscillatorNode(context, { type: "sawtooth", frequency: 140 });
    const swell = new OscillatorNode(context, { frequency: 3 });
    const soft = new GainNode(context, { gain: 0.02 });
    swell.connect(new GainNode(context, { gain: 0.02 })).connect(soft.gain);
    murmur.connect(soft).connect(microphone);
    murmur.start();
    swell.start();
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    let beeps = 0;
    let frame = 0;
    // The beeps are set ahead by the clock of the sound, which the picture follows frame by frame.
    setInterval(() => {
      const now = context.currentTime;
      if (now + every > beeps * every) {
        beeps++;
        gain.gain.setValueAtTime(0.5, beeps * every);
        gain.gain.setValueAtTime(0, beeps * every + length);
      }
      c.fillStyle = now > every && now % every < length ? "white" : "black";
      c.fillRect(0, 0, canvas.width, canvas.height);
      c.fillStyle = "grey";
      c.fillRect((frame++ * 7) % 600, 320, 40, 20); // something moves always, as before a camera
    }, 1000 / 60);
    return { sound: microphone.stream, picture: canvas.captureStream(30) };
  }

  navigator.mediaDevices.getUserMedia = async ({ audio, video } = {}) => {
    made ??= make();
    return new MediaStream([...(audio ? made.sound.getAudioTracks() : []), ...(video ? made.picture.getVideoTracks() : [])]);
  };
}

export const clapper = { script: installClapper, arg: { everyMs: CLAP_EVERY_MS, clapMs: CLAP_MS } };

/**
 * Watches a video element and listens to what is played of a PeerConnection's
 * voices; window.claps then has the moments, in milliseconds of performance.now().
 *
 * @param {string} selector of the video element
 */
export async function observeClaps(selector) {
  const page = /** @type {any} */ (window);
  /** @type {{seen: number[], heard: number[]}} */
  const claps = (page.claps = { seen: [], heard: [] });
  const video = /** @type {HTMLVideoElement} */ (document.querySelector(selector));
  const c = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }));
  let lit = true; // a clap under way does not count
  video.requestVideoFrameCallback(function look(_, { expectedDisplayTime }) {
    c.drawImage(video, 0, 0, video.videoWidth, video.videoHeight * 0.8, 0, 0, 1, 1);
    const bright = (c.getImageData(0, 0, 1, 1).data[0] ?? 0) > 128;
    if (bright && !lit) claps.seen.push(expectedDisplayTime);
    lit = bright;
    video.requestVideoFrameCallback(look);
  });

  const context = new AudioContext();
  const worklet = `registerProcessor("ear", class extends AudioWorkletProcessor {
    quiet = 0;
    process([[channel] = []]) {
      channel?.forEach((sample, i) => {
        const loud = Math.abs(sample) > 0.2; // the beep, not the murmur
        if (loud && this.quiet > sampleRate / 2) this.port.postMessage(currentTime + i / sampleRate);
        this.quiet = loud ? 0 : this.quiet + 1;
      });
      return true;
    }
  });`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: "text/javascript" })));
  const ear = new AudioWorkletNode(context, "ear");
  ear.port.onmessage = ({ data }) => {
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
    claps.heard.push(performanceTime + (data - contextTime) * 1000);
  };
  for (const track of page.probe.soundTracks()) new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(ear);
  ear.connect(context.destination);
}
