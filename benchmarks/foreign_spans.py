"""Foreign spans a second and core, by the protobuf parser, from bytes of OTLP requests to columns.

    python benchmarks/foreign_spans.py [--features 30] [--seconds 2]

One thread, requests of 512 spans, as an SDK's batch processor sends them. `parsed` is protobuf's own part, `columns`
the whole of `map_spans`, by preset. The captured requests of tests/data/otlp are read as well: they are the test data
of any faster parser behind that function.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

sys.path.insert(0, str(Path(__file__).parents[1]))

from model_monitoring_processor.ingest.sources import map_spans
from tests.ingest.sources.foreign import sources, span, spans_request

CAPTURED = Path(__file__).parents[1] / "tests" / "data" / "otlp"
SPANS = 512


def request(features, random, *, as_json):
    def attributes():
        numbers = random.normal(size=features - features // 10).tolist()
        values = {f"x{number}": value for number, value in enumerate(numbers)}
        values |= {f"c{number}": "JFK" for number in range(features // 10)}
        if as_json:
            return {"ml.features": json.dumps(values), "ml.outputs": '{"score": 0.5}', "ml.feature.age": None}
        return {"ml.feature.age": None} | {f"ml.feature.{name}": value for name, value in values.items()}

    return spans_request(*(span(number, attributes()) for number in range(1, SPANS + 1)))


def rate(work, spans, seconds):
    work()
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        work()
        done += spans
    return done / spent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--features", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=2.0, help="time spent on each row")
    options = parser.parse_args()
    random = np.random.default_rng(1)
    bodies = {kind: request(options.features, random, as_json=kind == "json") for kind in ("flat", "json")}
    now = time.time_ns()
    print(f"{'request':<12} {'bytes/span':>10} {'stage':<8} {'spans/s/core':>14}")
    for kind, body in bodies.items():
        of = sources(one={"preset": kind}).spans
        stages = {
            "parsed": lambda body=body: ExportTraceServiceRequest.FromString(body),
            "columns": lambda body=body, of=of: map_spans(body, of, now),
        }
        for stage, work in stages.items():
            print(f"{kind:<12} {len(body) // SPANS:>10,} {stage:<8} {rate(work, SPANS, options.seconds):>14,.0f}")
    of = sources(one={"preset": "flat"}).spans
    for path in sorted(CAPTURED.glob("*.pb")):
        body = path.read_bytes()
        found = rate(lambda body=body: map_spans(body, of, now), 12, options.seconds / 4)
        print(f"{path.stem:<12} {len(body) // 12:>10,} {'columns':<8} {found:>14,.0f}")


if __name__ == "__main__":
    main()
