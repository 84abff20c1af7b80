#!/usr/bin/env python3
"""Prints unmask's verdicts from Kafka and alerts on fakes.

Needs confluent-kafka (Debian: python3-confluent-kafka).
"""
import argparse
import json
import sys
from collections import OrderedDict

from confluent_kafka import Consumer, KafkaError, KafkaException

STATE = "io.unmask.stream.state.v1"
TYPES = {STATE, "io.unmask.verdict.clip.v1", "io.unmask.verdict.track.v1"}
REMEMBERED_IDS = 100_000


class Alerts:
    def __init__(self):
        self.seen = OrderedDict()
        self.last_sequence = {}

    def take(self, message):
        try:
            self.handle(message)
        except (KeyError, TypeError, ValueError) as failure:
            print(f"SKIPPED offset {message.offset()} is no event: {failure!r}")

    def handle(self, message):
        headers = message.headers() or []
        attributes = {name: value.decode() for name, value in headers if name.startswith("ce_") and value is not None}
        event_id = attributes["ce_id"]
        # Delivery is at least once; a repetition has the same id, and comes soon.
        if event_id in self.seen:
            return
        self.seen[event_id] = True
        if len(self.seen) > REMEMBERED_IDS:
            self.seen.popitem(last=False)
        if not attributes["ce_type"].startswith("io.unmask."):
            print(f"IGNORED type {attributes['ce_type']}: not of unmask")
            return
        data = json.loads(message.value())
        self.note_gap(data["stream"], int(attributes["ce_sequence"]))
        if attributes["ce_type"] not in TYPES:
            print(f"IGNORED type {attributes['ce_type']}: other labels, or a newer unmask")
        elif attributes["ce_type"] == STATE:
            print(f"{data['stream']['id']} {data['state']}: {data['detail']}")
        else:
            self.verdict(data, attributes.get("ce_subject", "no face"))

    def note_gap(self, stream, sequence):
        """The sequence rises by one per stream and session: a number that is missing was never delivered to this topic. When a
        file is judged anew, by another model, its sequence begins again."""
        session = (stream["id"], stream["session"])
        last = self.last_sequence.get(session)
        self.last_sequence[session] = sequence
        if last is not None and sequence > last + 1:
            print(f"GAP {stream['id']}: {sequence} follows {last}")

    @staticmethod
    def verdict(data, face):
        start, end = data["clip"]["start_micros"] / 1e6, data["clip"]["end_micros"] / 1e6
        what = f"{data['stream']['id']} {face} {start:.1f}-{end:.1f} s"
        if data["verdict"] == "not_evaluable":
            # No p_fake: nothing was judged, which says neither real nor fake.
            print(f"{what}: not evaluable, {', '.join(data['reasons'])}")
        else:
            alert = "ALERT " if data["verdict"] == "fake" else ""
            print(f"{alert}{what}: {data['verdict']}, p_fake {data['p_fake']:.2f}")


def connection(path):
    with open(path, encoding="utf-8") as lines:
        return dict(line.strip().split("=", 1) for line in lines if line.strip() and not line.startswith("#"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True, help="how to reach Kafka, as librdkafka takes it: a line is NAME=VALUE")
    parser.add_argument("--topic", default="unmask.verdicts")
    parser.add_argument("--group", default="verdict-alerts-py")
    parser.add_argument("--exit-at-end", action="store_true", help="stop when everything there is was read")
    options = parser.parse_args()
    consumer = Consumer({
        **connection(options.config),
        "group.id": options.group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
        "enable.partition.eof": options.exit_at_end,
    })
    consumer.subscribe([options.topic])
    alerts = Alerts()
    ended = set()
    try:
        while not (ended and len(ended) == len(consumer.assignment())):
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error() is None:
                alerts.take(message)
                sys.stdout.flush()
                # Afterwards, so that a crash repeats events and loses none.
                consumer.commit(message)
            elif message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            elif message.error().code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                if options.exit_at_end:
                    break  # Nothing was published yet.
            else:
                raise KafkaException(message.error())
    except KeyboardInterrupt:
        pass
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
