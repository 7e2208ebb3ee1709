import { Code, codeOf, faultOf } from "./errors.js";

/**
 * @typedef {import("./room-events.js").EnterOptions} EnterOptions
 * @typedef {import("./wire.js").Methods} Methods
 */

/** Of a server that has not said. */
const MAX_SLOTS = 64;
/** Credentials should last until the connection is made with them. */
const SPARE_MS = 30_000;

/**
 * How far one is in a room, and the way to speak to the server of it: what the
 * parts of a Room share.
 */
export class RoomLink {
  /** The room one is in or on the way into. @type {EnterOptions | null} */
  entered = null;
  /** room.enter is on its way or answered: what is sent now finds us in the room. */
  asked = false;
  /** room.enter was answered. */
  inRoom = false;

  #connection;
  #fault;
  /** What gives one's place back should the server restart. @type {{entered: EnterOptions | null, ticket: string | undefined}} */
  #kept = { entered: null, ticket: undefined };
  /** @type {import("./wire.js").GetICEServersResult | null} */
  #refreshed = null;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {(fault: {code: number, message: string}) => void} fault told of wishes the server refused
   */
  constructor(connection, fault) {
    this.#connection = connection;
    this.#fault = fault;
  }

  /** One is in: keeps what leads back. @param {import("./wire.js").EnterRoomResult} result */
  keep({ ticket }) {
    this.#kept = { entered: this.entered, ticket };
  }

  /** One was in this room before, and has not left it. */
  get returning() {
    return this.entered !== null && this.#kept.entered === this.entered;
  }

  /** What leads back into the room. */
  get back() {
    const { ticket } = this.#kept;
    return this.returning && ticket ? { ticket } : {};
  }

  /** Empty outside of any. */
  get roomID() {
    return this.entered?.roomID ?? "";
  }

  /** What the server gave for reaching it. */
  get iceServers() {
    return this.#servers?.iceServers ?? [];
  }

  /** Nobody may begin with them any more: see freshServers(). */
  get serversExpired() {
    const { iceServersExpireAt = Infinity } = this.#servers ?? {};
    return this.#connection.clock.now() > iceServersExpireAt - SPARE_MS;
  }

  /** Others in place of those that have expired. */
  async freshServers() {
    try {
      if (this.serversExpired) this.#refreshed = await this.#connection.request("session.getICEServers", {}, { sessionBound: true });
    } catch (thrown) {
      // The way without TURN may do; the old ones are no worse than none.
      this.#fault(faultOf(thrown));
    }
    return this.iceServers;
  }

  /** The greeting's or those asked for since, whichever last longer. */
  get #servers() {
    const { welcome } = this.#connection;
    const expireAt = (/** @type {import("./wire.js").GetICEServersResult | null} */ servers) => servers?.iceServersExpireAt ?? 0;
    return this.#refreshed && expireAt(this.#refreshed) > expireAt(welcome) ? this.#refreshed : welcome;
  }

  /** How many receive lines one may have. */
  get maxSlots() {
    return this.#connection.welcome?.limits.maxSlots ?? MAX_SLOTS;
  }

  /** Out of it. */
  leave() {
    this.entered = null;
    this.asked = false;
    this.inRoom = false;
  }

  /**
   * A request about this room.
   *
   * @template {keyof Methods & string} M
   * @param {M} method
   * @param {Omit<Methods[M]["params"], "roomID">} params
   * @param {import("./requests.js").RequestOptions} [options]
   * @returns {Promise<Methods[M]["result"]>} rejected with a CallError
   */
  request(method, params, options = {}) {
    const whole = /** @type {Methods[M]["params"]} */ ({ roomID: this.roomID, ...params });
    return this.#connection.request(method, whole, { sessionBound: true, ...options });
  }

  /**
   * A wish about this room, once it can be heard; before, it is made on entering.
   *
   * @template {keyof Methods & string} M
   * @param {M} method
   * @param {Omit<Methods[M]["params"], "roomID">} params
   * @returns {Promise<number>} as of tell()
   */
  async wish(method, params) {
    return this.entered && this.asked ? this.tell(this.request(method, params)) : 0;
  }

  /**
   * Waits for what nobody else waits for. If the session or the room is gone the
   * wish is repeated on entering again; anything else is an error to be shown.
   *
   * @param {Promise<unknown>} answer
   * @returns {Promise<number>} the code with which it was refused; 0 if it was not
   */
  async tell(answer) {
    try {
      await answer;
      return 0;
    } catch (thrown) {
      const code = codeOf(thrown);
      if (code === Code.notLoggedIn || code === Code.notInRoom || code === Code.roomClosed) return code;
      this.#fault({ code, message: String(thrown) });
      return code;
    }
  }
}
