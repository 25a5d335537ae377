"""Rows a second from OTLP bytes to decoded batches, to panes, and to disk.

    python benchmarks/ingest.py [--features 30] [--seconds 2]

Each stage is timed on one thread over the same request bytes and compared with copying them once (memcpy), so that
the ratio means the same on every machine. `durable` is the whole path through the committer, with its fsyncs; its
rows are time-ordered, 64 requests wait at a time. `labels` joins as many labels with those predictions.
"""

import argparse
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from model_monitoring_processor.ingest import Committer, decode_logs
from model_monitoring_processor.reference import build
from model_monitoring_processor.store import StateFolder
from model_monitoring_processor.windows import Pane, add_predictions
from tests.ingest import wire

IN_FLIGHT = 64


def request(rows, features, serial, random):
    """One record with numeric features, one tenth of them categories, and a score; keys as the SDK makes them."""
    columns = {f"x{number}": random.normal(size=rows) for number in range(features - features // 10)}
    names = np.array(["JFK", "LGA", "EWR", "BOS"])
    columns |= {f"c{number}": names[random.integers(4, size=rows)].tolist() for number in range(features // 10)}
    keys = b"".join(wire.uuid7(time.time_ns() // 10**6, serial * 100_000 + row).bytes for row in range(rows))
    return wire.predictions(
        columns,
        {"score": random.random(rows)},
        rows=rows,
        keys=[],
        batch_id=f"b{serial}",
        times=[time.time_ns()] * rows,
        ml__prediction__ids=keys,
    )


def frozen(features, random):
    columns = {f"x{number}": random.normal(size=10_000) for number in range(features - features // 10)}
    columns |= {f"c{number}": ["JFK", "LGA", "EWR", "BOS"] * 2_500 for number in range(features // 10)}
    return build({**columns, "score": random.random(10_000)}, model="churn", outputs=["score"])


def rate(work, bodies, rows, seconds):
    """Rows a second of `work` over the bodies, round and round."""
    work(bodies[0])
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for body in bodies:
            work(body)
        done += len(bodies) * rows
    return done / (time.perf_counter() - start)


def to_panes(reference):
    panes = {}

    def work(body):
        for batch in decode_logs(body, time.time_ns()).batches:
            add_predictions(batch, reference, 300, lambda key: panes.setdefault(key, Pane(key, 300)))

    return work


def through_committer(bodies, reference):
    """Seconds that the committer takes for all bodies, each sent once."""
    with tempfile.TemporaryDirectory() as folder, StateFolder(Path(folder)) as state:
        committer = Committer(state, reference_for=lambda _: reference)
        start, waiting = time.perf_counter(), deque()
        for body in bodies:
            waiting.append(committer.submit(decode_logs(body, time.time_ns()).batches, len(body)))
            if len(waiting) >= IN_FLIGHT:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()
        predictions = time.perf_counter() - start
        labels = [labels_of(body, number) for number, body in enumerate(bodies)]
        start = time.perf_counter()
        for stored in [committer.submit([batch], 1) for batch in labels]:
            stored.result()
        committer.close()
        return predictions, time.perf_counter() - start


def labels_of(body, number):
    (predictions,) = decode_logs(body, time.time_ns()).batches
    keys = [wire.uuid.UUID(bytes=key.tobytes()) for key in predictions.keys]
    now = [time.time_ns()] * len(keys)
    return decode_logs(
        wire.label_request([1.0] * len(keys), keys=keys, batch_id=f"l{number}", times=now), now[0]
    ).batches[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--features", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=2.0, help="time spent on each stage")
    options = parser.parse_args()
    random = np.random.default_rng(1)
    reference = frozen(options.features, random)
    print(f"{'rows/record':>12} {'stage':<10} {'rows/s':>14} {'MB/s':>9} {'x memcpy time':>14}")
    for rows, count in ((1_000, 200), (10_000, 20)):
        bodies = [request(rows, options.features, serial, random) for serial in range(count)]
        size = sum(map(len, bodies)) / (rows * count)
        rates = {
            "memcpy": rate(bytearray, bodies, rows, options.seconds),
            "decoded": rate(lambda body: decode_logs(body, time.time_ns()), bodies, rows, options.seconds),
            "panes": rate(to_panes(reference), bodies, rows, options.seconds),
        }
        predictions, labels = through_committer(bodies, reference)
        rates |= {"durable": rows * count / predictions, "labels": rows * count / labels}
        for stage, found in rates.items():
            print(
                f"{rows:>12,} {stage:<10} {found:>14,.0f} {found * size / 1e6:>9,.0f} {rates['memcpy'] / found:>14,.1f}"
            )


if __name__ == "__main__":
    main()
