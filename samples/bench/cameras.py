#!/usr/bin/python3
"""Cameras for trials of the service: an RTSP server on the loopback interface that plays a video, in real time, to each viewer.

  cameras.py --count 8 --video camera.mp4            eight cameras, rtsp://127.0.0.1:PORT/0 to /7
  cameras.py --count 1 --video camera.mp4 --loss .01  loses every hundredth packet on the way, by chance

It prints its port on a line of its own and serves until its standard input ends. On Debian it needs the packages
gir1.2-gst-rtsp-server-1.0, python3-gi, gstreamer1.0-plugins-good and gstreamer1.0-plugins-bad.
"""
import argparse
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402


def pipeline(video, loss):
    """The server takes the element named pay0 for the end of the stream."""
    quoted = video.replace("\\", "\\\\").replace('"', '\\"')
    stream = f'filesrc location="{quoted}" ! qtdemux ! h264parse ! rtph264pay pt=96 config-interval=-1'
    end = f" ! identity drop-probability={loss} name=pay0" if loss else " name=pay0"
    # A source that is live makes all of it live, so that no length is declared.
    return f"( {stream}{end} audiotestsrc is-live=true num-buffers=1 ! fakesink )"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--video", required=True, help="an MP4 file with H.264")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--loss", type=float, default=0.0, help="share of the packets that are lost")
    asked = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    for number in range(asked.count):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(pipeline(asked.video, asked.loss))
        server.get_mount_points().add_factory(f"/{number}", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
