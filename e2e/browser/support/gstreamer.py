"""A client of WHIP and WHEP on GStreamer's WebRTC stack.

    gstreamer.py publish URL TOKEN    a red picture that moves, and a tone
    gstreamer.py play URL TOKEN       prints a line for each second of what it decodes:
                                      {"frames": N, "color": [R, G, B], "samples": N, "loudness": dB}

It ends, and deletes its session, when its standard input is closed.
"""

import json
import os
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

SEND = """
    webrtcbin name=rtc bundle-policy=max-bundle
    videotestsrc is-live=true pattern=ball background-color=0xffc02020 foreground-color=0xffffffff !
        video/x-raw,width=640,height=360,framerate=15/1 ! queue !
        vp8enc deadline=1 target-bitrate=600000 keyframe-max-dist=150 ! rtpvp8pay picture-id-mode=15-bit !
        application/x-rtp,media=video,encoding-name=VP8,payload=96 ! rtc.
    audiotestsrc is-live=true freq=1000 ! audioconvert ! audioresample ! queue ! opusenc ! rtpopuspay !
        application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! rtc.
"""


class Client:
    def __init__(self, url, token, publish):
        self.url, self.token, self.session = url, token, None
        self.pipeline = Gst.parse_launch(SEND) if publish else Gst.Pipeline.new()
        if publish:
            self.rtc = self.pipeline.get_by_name("rtc")
        else:
            self.rtc = Gst.ElementFactory.make("webrtcbin")
            self.rtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
            self.pipeline.add(self.rtc)
            receive = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
            for caps in ("audio,encoding-name=OPUS,clock-rate=48000,payload=97", "video,encoding-name=VP8,clock-rate=90000,payload=96"):
                self.rtc.emit("add-transceiver", receive, Gst.Caps.from_string("application/x-rtp,media=" + caps))
            self.rtc.connect("pad-added", self.receive)
        # libnice leaves this machine itself out, where the test's server is. The reference is kept for good.
        self.ice = self.rtc.get_property("ice-agent")
        self.ice.emit("add-local-ip-address", "127.0.0.1")
        self.heard = {"frames": 0, "color": [0, 0, 0], "samples": 0, "loudness": -700.0}

    def start(self):
        self.rtc.connect("notify::ice-gathering-state", lambda *_: self.gathered())
        self.rtc.connect("on-negotiation-needed", lambda *_: self.offer())
        self.pipeline.set_state(Gst.State.PLAYING)

    def offer(self):
        for i in range(2):
            transceiver = self.rtc.emit("get-transceiver", i)
            if transceiver.get_property("direction") == GstWebRTC.WebRTCRTPTransceiverDirection.SENDRECV:
                transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))

    def offered(self, promise):
        # The offer belongs to the promise; what is set must be one's own.
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        own = description(GstWebRTC.WebRTCSDPType.OFFER, offer.sdp.as_text())
        self.rtc.emit("set-local-description", own, Gst.Promise.new())

    def gathered(self):
        if self.rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            threading.Thread(target=self.post, daemon=True).start()

    def post(self):
        local = self.rtc.get_property("local-description")
        answer, headers = self.request("POST", self.url, local.sdp.as_text())
        self.session = urllib.parse.urljoin(self.url, headers["Location"])
        self.rtc.emit("set-remote-description", description(GstWebRTC.WebRTCSDPType.ANSWER, answer), Gst.Promise.new())

    def request(self, method, url, body=None):
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": "application/sdp"}
        request = urllib.request.Request(url, body and body.encode(), headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return response.read().decode(), response.headers
        except urllib.error.HTTPError as refused:
            print(refused.code, refused.read().decode(), file=sys.stderr, flush=True)
            os._exit(1)

    def receive(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        decoder = Gst.ElementFactory.make("decodebin")
        decoder.connect("pad-added", self.decoded)
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def decoded(self, _, pad):
        if pad.get_current_caps().get_structure(0).get_name().startswith("video"):
            tail = "videoconvert ! videoscale ! video/x-raw,format=RGB,width=16,height=16 ! appsink name=out emit-signals=true sync=false"
            seen = self.picture
        else:
            tail = "audioconvert ! audioresample ! level interval=500000000 ! audio/x-raw,format=S16LE ! appsink name=out emit-signals=true sync=false"
            seen = self.sound
        sink = Gst.parse_bin_from_description(tail, True)
        sink.get_by_name("out").connect("new-sample", seen)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def picture(self, sink):
        _, info = (buffer := sink.emit("pull-sample").get_buffer()).map(Gst.MapFlags.READ)
        pixels = bytes(info.data)
        buffer.unmap(info)
        self.heard["frames"] += 1
        self.heard["color"] = [sum(pixels[i::3]) // (len(pixels) // 3) for i in range(3)]
        return Gst.FlowReturn.OK

    def sound(self, sink):
        self.heard["samples"] += sink.emit("pull-sample").get_buffer().get_size() // 2
        return Gst.FlowReturn.OK

    def message(self, _, message):
        if message.type == Gst.MessageType.ERROR:
            print(*message.parse_error(), file=sys.stderr, flush=True)
            os._exit(1)
        structure = message.get_structure()
        if structure and structure.get_name() == "level":
            self.heard["loudness"] = max(structure.get_value("rms"))

    def report(self):
        print(json.dumps(self.heard), flush=True)
        return True


def description(kind, text):
    _, message = GstSdp.SDPMessage.new_from_text(text)
    return GstWebRTC.WebRTCSessionDescription.new(kind, message)


def main():
    Gst.init(None)
    mode, url, token = sys.argv[1:]
    client = Client(url, token, mode == "publish")
    bus = client.pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message", client.message)
    client.start()
    if mode == "play":
        GLib.timeout_add(500, client.report)

    def wait():
        sys.stdin.read()
        if client.session:
            client.request("DELETE", client.session)
        os._exit(0)  # GStreamer 1.22 may crash when its ICE agent is taken apart

    threading.Thread(target=wait, daemon=True).start()
    GLib.MainLoop().run()


main()
