"""A fixed stream of requests for the kill tests: the same bytes in every run, labels before and after predictions."""

import random

from model_monitoring_processor.reference import build
from tests.ingest import wire
from tests.ingest.wire import NOW

HOUR = 3_600 * 10**9
REQUESTS = 40
ROWS = 6


def reference():
    ages = [float(value) for value in range(100)]
    cities = ["JFK", "LGA", "EWR", "BOS"] * 25
    return build({"age": ages, "city": cities, "score": [value / 100 for value in range(100)]}, model="churn",
                 outputs=["score"])  # fmt: skip


def requests():
    """Bodies, in order. Some rows have UUIDv7 ids of several hours, some ids of the caller."""
    chance = random.Random(7)
    predictions = [_predictions(chance, number) for number in range(REQUESTS)]
    labels = [_labels(chance, number, keys, late=number % 2) for number, (keys, _) in enumerate(predictions)]
    bodies = []
    for number, (_, body) in enumerate(predictions):
        # Every third label batch comes before its predictions, the others some requests after.
        if number % 3 == 0:
            bodies += [labels[number], body]
        else:
            bodies += [body]
            bodies += [labels[earlier] for earlier in (number - 1,) if earlier >= 0 and earlier % 3]
    return bodies


def _predictions(chance, number):
    made = NOW - (number % 5) * HOUR
    keys = [f"order-{number}-{row}" for row in range(ROWS)] if number % 4 == 0 else wire.ids(ROWS, number * 100, made)
    body = wire.predictions(
        {"age": [chance.uniform(0, 120) for _ in keys], "city": [chance.choice(["JFK", "LGA", "Mars"]) for _ in keys]},
        {"score": [chance.random() for _ in keys]},
        keys=keys,
        times=[made - chance.randrange(600) * 10**9 for _ in keys],
        batch_id=f"p{number}",
        ml__model__version=str(number % 2),
    )
    return keys, body


def _labels(chance, number, keys, late):
    values = [chance.randrange(2) for _ in keys]
    own = wire.record("ml.label.batch", wire.labels(values, keys=keys, batch_id=f"l{number}"))
    again = wire.record("ml.label.batch", wire.labels(values[:2], keys=keys[:2], batch_id=f"again{number}"))
    return wire.request(own, again) if late else wire.request(own)
