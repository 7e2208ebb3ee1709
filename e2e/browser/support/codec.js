/**
 * Has a page send and take pictures of a codec, simulcast or, in a mode of W3C's
 * Scalable Video Coding, as one scalable stream. Runs before the page's own scripts.
 *
 * @param {{codec: string, mode: string}} options mode: empty for simulcast
 */
export function prefer({ codec, mode }) {
  const { setCodecPreferences } = RTCRtpTransceiver.prototype;
  RTCRtpTransceiver.prototype.setCodecPreferences = function (codecs) {
    const own = codecs[0]?.mimeType.startsWith("video/") ? (RTCRtpReceiver.getCapabilities("video")?.codecs ?? []) : codecs;
    const first = (/** @type {{mimeType: string}} */ { mimeType }) => mimeType === `video/${codec}`;
    setCodecPreferences.call(this, [...own].sort((a, b) => Number(first(b)) - Number(first(a))));
  };
  const { addTransceiver } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.addTransceiver = function (what, init) {
    if (mode && init?.sendEncodings?.length === 3) {
      init = { ...init, sendEncodings: [{ scalabilityMode: mode, maxBitrate: 1_700_000 }] };
    }
    return addTransceiver.call(this, what, init);
  };
}
