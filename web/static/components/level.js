const EVERY_MS = 80;

/**
 * Measures how loud a track is, some twelve times a second, until the returned
 * function is called.
 *
 * @param {MediaStreamTrack} track
 * @param {(level: number) => void} heard 0 to 1; about 0.15 is quiet speech
 * @returns {() => void} stops
 */
export function watchLevel(track, heard) {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = new AnalyserNode(context, { fftSize: 512 });
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (context.state !== "running") return; // before the first gesture it hears nothing, which is not silence
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    heard(Math.min(1, Math.sqrt(sum / samples.length) * 4));
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
    void context.close();
  };
}
