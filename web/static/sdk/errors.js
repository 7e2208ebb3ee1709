/**
 * The codes the SDK itself gives or looks at; the server's others are listed
 * in the protocol. Numbers below 9000 are TIM's.
 */
export const Code = Object.freeze({
  timedOut: 6012,
  notLoggedIn: 6014,
  invalidParameter: 6017,
  tokenExpired: 70001,
  tokenInvalid: 70003,
  inviteUnknown: 8010,
  userUnknown: 20003,
  blacklisted: 20007,
  notPermitted: 10007,
  groupUnknown: 10010,
  roomFull: 9001,
  notInRoom: 9002,
  roomClosed: 9003,
  sdpRefused: 9004,
  rateLimited: 9005,
  draining: 9006,
  roomForbidden: 9007,
  publishForbidden: 9008,
});

/** A request that failed: the server's code and its English sentence, cause and cure. */
export class CallError extends Error {
  /**
   * @param {number} code
   * @param {string} message
   * @param {number} [retryAfterMs] with Code.rateLimited: when to try again
   */
  constructor(code, message, retryAfterMs = 0) {
    super(message);
    this.name = "CallError";
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The code of whatever was thrown; 0 for what is not a CallError.
 *
 * @param {unknown} thrown
 */
export function codeOf(thrown) {
  return thrown instanceof CallError ? thrown.code : 0;
}

/**
 * Whatever was thrown as code and message, to be told to a page.
 *
 * @param {unknown} thrown
 */
export function faultOf(thrown) {
  return { code: codeOf(thrown), message: thrown instanceof Error ? thrown.message : String(thrown) };
}
