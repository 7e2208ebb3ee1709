// Hand-made twins of what the SDK talks to: a server at the far end of an
// in-memory socket, and a browser's media interfaces.

/** Lets every promise that can go on go on. */
export async function settle() {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** The server's end: keeps what it was sent, answers what it was told to answer. */
export class FakeServer {
  sockets = [];
  requests = [];
  answers = { "session.time": () => ({ serverAt: Date.now() }) };
  userID = "ana";
  #seq = 0;

  platform = {
    openSocket: (url) => {
      const socket = { url: new URL(url), sent: [], closed: null };
      socket.send = (text) => this.#receive(socket, JSON.parse(text));
      socket.close = (code) => (socket.closed = code ?? 1005);
      this.sockets.push(socket);
      return socket;
    },
    onWake: () => () => {},
  };

  get socket() {
    return this.sockets.at(-1);
  }

  #receive(socket, request) {
    if (socket.closed !== null) return;
    this.requests.push(request);
    const answer = this.answers[request.method];
    if (answer) this.answer(request, answer(request.params));
  }

  /** Answers with a result, or with an error if it has a code. */
  answer({ id }, value) {
    const outcome = value?.code ? { error: value } : { result: value };
    this.#deliver({ id, ...outcome });
  }

  welcome({ resumed = false, ...more } = {}) {
    if (!resumed) this.#seq = 0;
    const params = { sessionID: "s1", userID: this.userID, name: "", serverAt: Date.now(), heartbeat: 20, resumed, limits: { reconnectSpreadMs: 0 }, iceServers: [], dev: true, ...more };
    this.#deliver({ method: "session.welcome", params });
  }

  event(method, params) {
    this.#deliver({ method, params: { ...params, seq: ++this.#seq } });
  }

  /** Delivers an event under a number of one's choice. */
  eventNumbered(seq, method, params) {
    this.#deliver({ method, params: { ...params, seq } });
  }

  /** The socket breaks. */
  breakSocket(code = 1006) {
    this.socket.closed = code;
    this.socket.onclose?.({ code, reason: "" });
  }

  methods() {
    return this.requests.map((request) => request.method).filter((method) => method !== "session.time");
  }

  last(method) {
    return this.requests.findLast((request) => request.method === method);
  }

  #deliver(message) {
    this.socket.onmessage?.({ data: JSON.stringify({ jsonrpc: "2.0", ...message }) });
  }
}

export class FakeTrack extends EventTarget {
  enabled = true;
  stopped = false;
  onended = null;
  constructor(kind, settings = {}) {
    super();
    this.kind = kind;
    this.settings = settings;
  }
  getSettings() {
    return this.settings;
  }
  stop() {
    this.stopped = true;
  }
  clone() {
    return new FakeTrack(this.kind);
  }
}

/** Like a browser's, its parameters are good for one change, made in the same breath. */
class FakeSender {
  track = null;
  /** What setParameters() throws; null once. */
  refuses = null;
  #encodings;
  #current = null;

  constructor(sendEncodings) {
    this.#encodings = sendEncodings.map((each) => ({ active: true, ...each }));
  }
  get encodings() {
    return this.#encodings;
  }
  async replaceTrack(track) {
    this.track = track;
  }
  getParameters() {
    this.#current = { encodings: structuredClone(this.#encodings) };
    queueMicrotask(() => (this.#current = null));
    return this.#current;
  }
  async setParameters(parameters) {
    if (parameters !== this.#current) throw new DOMException("stale parameters", "InvalidStateError");
    this.#current = null;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.refuses) throw this.refuses;
    this.#encodings = parameters.encodings;
    this.degradationPreference = parameters.degradationPreference;
  }
}

class FakePeerConnection extends EventTarget {
  connectionState = "new";
  iceGatheringState = "complete";
  localDescription = null;
  remoteDescription = null;
  transceivers = [];
  offers = 0;

  servers = [];

  addTransceiver(kind, { direction, sendEncodings = [] }) {
    const line = { kind, direction, mid: null, receiver: { track: new FakeTrack(kind) }, sender: new FakeSender(sendEncodings) };
    this.transceivers.push(line);
    return line;
  }
  getConfiguration() {
    return { bundlePolicy: "max-bundle" };
  }
  setConfiguration({ iceServers }) {
    this.servers = iceServers;
  }
  async createOffer({ iceRestart = false } = {}) {
    return { type: "offer", sdp: `offer ${++this.offers}${iceRestart ? " restart" : ""}` };
  }
  async setLocalDescription(description) {
    this.localDescription = description;
    this.transceivers.forEach((line, i) => (line.mid = String(i)));
  }
  async setRemoteDescription(description) {
    this.remoteDescription = description;
  }
  close() {
    this.connectionState = "closed";
  }
  /** The transport's state changes. */
  become(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

/** A browser with a camera and a microphone that are given at once. */
export class FakeBrowser {
  peers = [];
  asked = [];
  /** What getUserMedia does; replace it to refuse. */
  getUserMedia = async (constraints) => {
    this.asked.push(constraints);
    return streamOf(constraints);
  };
  getDisplayMedia = async (options) => {
    this.asked.push(options);
    return streamOf(options);
  };
  createPeerConnection = () => {
    this.peers.push(new FakePeerConnection());
    return this.peers.at(-1);
  };
  createStream = (tracks) => ({ tracks });
  codecs = () => [];
  devices = [];
  enumerateDevices = async () => this.devices;
  onDeviceChange = (changed) => {
    this.plug = (...devices) => ((this.devices = devices), changed());
    return () => {};
  };
  waitsForCandidates = () => false;

  get peer() {
    return this.peers.at(-1);
  }
}

/** The stream a browser would give for these constraints. */
export function streamOf({ audio, video }) {
  const sound = audio ? [new FakeTrack("audio")] : [];
  const picture = video ? [new FakeTrack("video")] : [];
  return { getAudioTracks: () => sound, getVideoTracks: () => picture, getTracks: () => [...sound, ...picture] };
}
