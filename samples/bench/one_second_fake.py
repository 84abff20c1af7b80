#!/usr/bin/env python3
"""Is a second of another face found in a minute of authentic video?

Makes twenty authentic videos of a minute, each out of one clip that is repeated, and the same with a second of a
manipulated clip at a random place. Prints how many of the seconds were found, by clip and by face, and how many videos
raised a false alarm without them. Needs ffmpeg.

  samples/bench/one_second_fake.py --data ../shared/data/clips --work /tmp/one-second [-- options of unmask detect]

The data set is a folder with manifest.csv as `unmask train` takes it, with a column `seconds`.
"""
import argparse
import csv
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

MINUTE = 60
SECOND_MICROS = 1_000_000
SCALE = "scale=384:384:force_original_aspect_ratio=decrease,pad=384:384:-1:-1,setsar=1,fps=25,format=yuv420p"
ENCODER = ["-an", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-threads", "1"]


def ffmpeg(*arguments):
    subprocess.run(["nice", "ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


def authentic(source, target):
    ffmpeg("-stream_loop", "-1", "-i", source, "-t", MINUTE, "-vf", SCALE, *ENCODER, target)


def with_fake(video, fake, start, fake_start, target):
    graph = (
        f"[0:v]split[x][y];[x]trim=0:{start},setpts=PTS-STARTPTS[a];"
        f"[1:v]{SCALE},trim={fake_start}:{fake_start + 1},setpts=PTS-STARTPTS[b];"
        f"[y]trim={start + 1}:{MINUTE},setpts=PTS-STARTPTS[c];[a][b][c]concat=n=3:v=1"
    )
    ffmpeg("-i", video, "-i", fake, "-filter_complex", graph, *ENCODER, target)


def person(row):
    """The person of a manifest's row, found as `unmask train` finds it."""
    return row.get("group") or row.get("person") or row["path"]


def choose(data, count, draw):
    with open(data / "manifest.csv", encoding="utf-8", newline="") as lines:
        rows = list({row["path"]: row for row in csv.DictReader(lines)}.values())
    real, fake = ([row for row in rows if row["label"] == label and float(row["seconds"]) >= 3] for label in ("real", "fake"))
    draw.shuffle(real)
    # Everybody comes once before anybody comes a second time.
    seen = Counter()
    turns = []
    for row in real:
        seen[person(row)] += 1
        turns.append((seen[person(row)], row))
    turns.sort(key=lambda turn: turn[0])
    return [row for _, row in turns[:count]], fake


def make(options):
    draw = random.Random(options.seed)
    real, fake = choose(options.data, options.count, draw)
    places = {}
    for number, row in enumerate(real):
        name = f"{number:02d}.mp4"
        other = draw.choice(fake)
        start = round(draw.uniform(1, MINUTE - 2), 2)
        fake_start = round(draw.uniform(0, float(other["seconds"]) - 1.2), 2)
        places[name] = {"start": start, "fake": other["path"], "real": row["path"]}
        for folder in ("without", "with"):
            (options.work / folder).mkdir(parents=True, exist_ok=True)
        if not (options.work / "without" / name).exists():
            authentic(options.data / row["path"], options.work / "without" / name)
        if not (options.work / "with" / name).exists():
            with_fake(options.work / "without" / name, options.data / other["path"], start, fake_start, options.work / "with" / name)
    return places


def verdicts(options, folder):
    command = [*options.unmask.split(), "detect", "--no-publish", "--format", "json", *options.detect, str(options.work / folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode not in (0, 5):
        sys.exit(f"{' '.join(command)} ended with exit code {done.returncode}")
    found = {}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        if "verdict" in event["data"]:
            found.setdefault(Path(event["data"]["stream"]["uri"]).name, []).append(event)
    return found


def touches(event, start):
    clip = event["data"]["clip"]
    return clip["start_micros"] < (start + 1) * SECOND_MICROS and clip["end_micros"] > start * SECOND_MICROS


def kind(event):
    return "clip" if event["type"].endswith("clip.v1") else "track"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unmask", default="./unmask")
    parser.add_argument("--make-only", action="store_true")
    parser.add_argument("detect", nargs="*", help="options of unmask detect, after --")
    options = parser.parse_args()
    places = make(options)
    if options.make_only:
        return
    with_it, without = verdicts(options, "with"), verdicts(options, "without")
    print("video  fake at  its verdicts (clip)            its verdicts (face)     without: faces")
    totals = {"clip": 0, "track": 0, "false_clip": 0, "false_track": 0, "any": 0}
    for name, place in places.items():
        said = {"clip": [], "track": []}
        for event in with_it.get(name, []):
            if touches(event, place["start"]):
                said[kind(event)].append(event["data"]["verdict"])
        alone = {"clip": [], "track": []}
        for event in without.get(name, []):
            alone[kind(event)].append(event["data"]["verdict"])
        for of in ("clip", "track"):
            totals[of] += "fake" in said[of]
            totals["false_" + of] += "fake" in alone[of]
        totals["any"] += any(kind(e) == "track" and e["data"]["verdict"] == "fake" for e in with_it.get(name, []))
        print(f"{name}  {place['start']:6.2f}s  {','.join(said['clip']):30} {','.join(said['track']):23} {','.join(alone['track'])}")
    count = len(places)
    print(f"found by a clip {totals['clip']} of {count}, by a face {totals['track']} of {count}; "
          f"videos with a fake face anywhere {totals['any']} of {count}")
    print(f"false alarms without it: by a clip {totals['false_clip']} of {count}, by a face {totals['false_track']} of {count}")


if __name__ == "__main__":
    main()
