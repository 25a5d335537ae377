"""True outcomes, whenever they come: queued here, sent as `ml.label.batch` events."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from model_monitoring import _clock, _config, _guard, _runtime
from model_monitoring._call import Labels
from model_monitoring._events import MAX_LABELS
from model_monitoring._given import unreadable
from model_monitoring._ids import clean_id
from model_monitoring._model import Identity
from model_monitoring._times import freeze, pick
from model_monitoring._values import Scalar, is_missing, plain

__all__ = ["record_label", "record_labels"]


def record_label(
    prediction_id: str, label: object, *, model: str | None = None, time: dt.datetime | float | None = None
) -> None:
    """Record the true outcome of one earlier prediction, any time later and from any process.

    Args:
        prediction_id: what `last_prediction_id` said, or the caller's own id.
        label: the outcome: a number, bool or text. 1, 1.0, True and "1" mean the same class.
        model: name of the model, for the counters; the label finds its prediction by the id alone.
        time: when the outcome was known: datetime or unix seconds. Default: now.
    """
    record_labels([prediction_id], [label], model=model, time=time)


def record_labels(
    prediction_ids: Iterable[str], labels: Iterable[object], *, model: str | None = None, time: Any = None
) -> None:
    """Record the true outcomes of many earlier predictions; arguments as of `record_label`, one entry for each.

    A label or an id that is missing (None, NaN, an empty id) is dropped and counted, as are all labels where the two
    lengths differ.
    """
    if _config.disabled():
        return
    try:
        ids, values = list(map(clean_id, prediction_ids)), list(map(plain, _listed(labels)))
        times = freeze(time)
    except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
        unreadable("labels", labels, error)
        return
    try:
        _record(ids, values, Identity.of(model), times)
    except Exception as error:  # noqa: BLE001  never into the host
        _guard.report(error, "recording labels")


def _record(ids: list[str], values: list[Scalar], identity: Identity, times: Any) -> None:
    runtime, count = _runtime.current(), len(values)
    if len(ids) != count:
        _guard.warn_once("LabelLength", f"{count} labels for {len(ids)} prediction ids: none is recorded")
        _drop(runtime, identity, "length_mismatch", count)
        return
    if (each := hasattr(times, "__len__")) and len(times) != count:
        _guard.warn_once("EventTimeLength", f"{len(times)} times for {count} labels: the time of the call is used")
        each, times = False, None
    kept = [i for i, value in enumerate(values) if ids[i] and not is_missing(value)]
    if len(kept) < count:
        _drop(runtime, identity, "missing", count - len(kept))
        ids, values = [ids[i] for i in kept], [values[i] for i in kept]
        times = pick(times, kept) if each else times
    now = _clock.time_ns()
    for start in range(0, len(ids), MAX_LABELS):
        part = slice(start, start + MAX_LABELS)
        size = sum(map(len, ids[part])) + 24 * len(ids[part]) + 256
        when = times[part] if each else times
        runtime.put_labels(Labels(identity, ids[part], values[part], when, now, size))


def _drop(runtime: _runtime.Runtime, identity: Identity, reason: str, labels: int) -> None:
    runtime.ledger.take_labels(identity, labels)
    runtime.ledger.drop(identity, reason, labels, labels=True)


def _listed(labels: Any) -> list[Any]:
    return labels.tolist() if hasattr(labels, "tolist") else list(labels)
