#!/usr/bin/env python3
"""What one would write instead of unmask: OpenCV and PyTorch in one process and one loop.

Every frame is decoded; about --fps of them a second are searched for faces by OpenCV's cascade; the largest face is cut; a
convolutional network with a GRU judges clips of 16 faces, each of which begins 8 after the one before. The weights are random, since
speed does not depend on them. Prints one line of JSON: the frames of the video a second of wall time, and where the time went.

Needs PyTorch, OpenCV and its cascades (Debian: python3-torch, python3-opencv, opencv-data).
"""
import argparse
import json
import time
from contextlib import contextmanager

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

CASCADE = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml"
SEARCH_WIDTH = 480
SMALLEST_FACE = 27
CLIP_FRAMES = 16
CLIP_HOP = 8


class Detector(nn.Module):
    """The size of network that `train` makes: noise beside colour, five stages of 3x3 convolutions, a GRU over time."""

    WIDTHS = (24, 40, 64, 96, 128)
    UNITS = 64

    def __init__(self):
        super().__init__()
        layers = []
        channels = 24  # six planes, each picture of 2x2 pixels stacked
        for stage, width in enumerate(self.WIDTHS):
            if stage:
                layers.append(nn.MaxPool2d(2))
            for inputs in [channels] if stage < 2 else [channels, width]:
                layers += [nn.Conv2d(inputs, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
            channels = width
        self.encoder = nn.Sequential(*layers)
        self.gru = nn.GRU(channels, self.UNITS, batch_first=True)
        self.logit = nn.Linear(self.UNITS, 1)

    def forward(self, clip):
        """uint8 [T, 3, H, W] to a logit."""
        colour = clip.float() / 127.5 - 1
        blurred = F.avg_pool2d(F.pad(colour, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
        planes = torch.cat([colour, 6 * (colour - blurred)], dim=1)  # [T, 6, H, W]
        features = self.encoder(F.pixel_unshuffle(planes, 2)).mean(dim=(2, 3))  # [T, C]
        states, _ = self.gru(features[None])  # [1, T, U]
        return self.logit(states[:, -1])


class Stopwatch:
    """Seconds that each part of the loop took."""

    def __init__(self):
        self.seconds = dict(decode=0.0, face=0.0, net=0.0)

    @contextmanager
    def of(self, part):
        start = time.perf_counter()
        yield
        self.seconds[part] += time.perf_counter() - start


def largest_face(cascade, frame, size):
    """The largest face as RGB of size x size, or None."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, SEARCH_WIDTH / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    faces = cascade.detectMultiScale(small, 1.1, 4, 0, (SMALLEST_FACE, SMALLEST_FACE))
    if len(faces) == 0:
        return None
    x, y, width, height = (max(faces, key=lambda face: face[2]) / scale).astype(int)
    crop = frame[max(0, y) : y + height, max(0, x) : x + width]
    return cv2.cvtColor(cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)


def judge(detector, faces):
    with torch.no_grad():
        detector(torch.from_numpy(np.stack(faces).transpose(0, 3, 1, 2).copy()))


def run(options):
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(options.threads)
    cascade = cv2.CascadeClassifier(CASCADE)
    if cascade.empty():
        raise SystemExit(f"no {CASCADE}: install OpenCV's cascades (Debian: opencv-data)")
    detector = Detector().eval()
    judge(detector, [np.zeros((options.size, options.size, 3), np.uint8)] * CLIP_FRAMES)  # memory is allotted the first time

    video = cv2.VideoCapture(options.video)
    step = max(1, round((video.get(cv2.CAP_PROP_FPS) or 25) / options.fps))
    frames = sampled = clips = 0
    faces = []
    watch = Stopwatch()
    start = time.perf_counter()
    while True:
        with watch.of("decode"):
            there, frame = video.read()
        if not there:
            break
        frames += 1
        if (frames - 1) % step:
            continue
        sampled += 1
        with watch.of("face"):
            face = largest_face(cascade, frame, options.size)
        if face is not None:
            faces.append(face)
        if len(faces) == CLIP_FRAMES:
            with watch.of("net"):
                judge(detector, faces)
            clips += 1
            faces = faces[CLIP_HOP:]
    seconds = time.perf_counter() - start
    return dict(
        peer="opencv+pytorch",
        frames=frames,
        sampled=sampled,
        clips=clips,
        seconds=round(seconds, 2),
        frames_per_second=round(frames / seconds, 1),
        spent={part: round(spent, 2) for part, spent in watch.seconds.items()},
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video")
    parser.add_argument("--fps", type=float, default=8, help="frames searched a second (default: 8)")
    parser.add_argument("--threads", type=int, default=2, help="of OpenCV and of PyTorch (default: 2)")
    parser.add_argument("--size", type=int, default=128, help="side of a face in pixels (default: 128)")
    print(json.dumps(run(parser.parse_args())))


if __name__ == "__main__":
    main()
