/**
 * TRTC's six grades of a network, with the server's own thresholds: a network
 * is as bad as its worst figure.
 */
export const NetworkQuality = Object.freeze({
  unknown: 0,
  excellent: 1,
  good: 2,
  poor: 3,
  bad: 4,
  veryBad: 5,
  down: 6,
});

const LIMITS = [
  { quality: NetworkQuality.excellent, rttMs: 100, jitterMs: 30, loss: 0.01 },
  { quality: NetworkQuality.good, rttMs: 200, jitterMs: 60, loss: 0.03 },
  { quality: NetworkQuality.poor, rttMs: 350, jitterMs: 120, loss: 0.08 },
  { quality: NetworkQuality.bad, rttMs: 600, jitterMs: 250, loss: 0.2 },
];

/**
 * Grades figures as getStatistics() has them: of the transport, of a stream.
 *
 * @param {{rttMs?: number, jitterMs?: number, loss?: number}} figures loss from 0 to 1
 * @returns {number} see NetworkQuality
 */
export function networkQuality({ rttMs = 0, jitterMs = 0, loss = 0 }) {
  const grade = LIMITS.find((limit) => rttMs <= limit.rttMs && jitterMs <= limit.jitterMs && loss <= limit.loss);
  return grade?.quality ?? NetworkQuality.veryBad;
}
