"""True outcomes, whenever they come: queued here, sent as `ml.label.batch` events."""

import datetime as dt
import re
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

_TRACE_ID = re.compile(r"[0-9a-f]{32}")


def record_label(
    prediction_id: str | None = None,
    label: object = None,
    *,
    trace_id: str | None = None,
    model: str | None = None,
    time: dt.datetime | float | None = None,
) -> None:
    """Record the true outcome of one earlier prediction, any time later and from any process.

    Args:
        prediction_id: what `last_prediction_id` said, or the caller's own id.
        label: the outcome: a number, bool or text. 1, 1.0, True and "1" mean the same class.
        trace_id: in place of a prediction id: the trace in which the prediction was made, 32 hexadecimal digits.
        model: name of the model. By prediction id it is for the counters alone; by trace id it says which of the
            trace's predictions is meant.
        time: when the outcome was known: datetime or unix seconds. Default: now.
    """
    if trace_id is not None:
        record_labels(None, [label], trace_ids=[trace_id], model=model, time=time)
    else:
        record_labels([prediction_id], [label], model=model, time=time)


def record_labels(
    prediction_ids: Iterable[str | None] | None = None,
    labels: Iterable[object] = (),
    *,
    trace_ids: Iterable[str] | None = None,
    model: str | None = None,
    time: Any = None,
) -> None:
    """Record the true outcomes of many earlier predictions; arguments as of `record_label`, one entry for each.

    A label or an id that is missing (None, NaN, an empty id) or cannot be one is dropped and counted, as are all labels
    where the two lengths differ.
    """
    if _config.disabled():
        return
    try:
        by_trace = trace_ids is not None
        if trace_ids is not None:
            ids = list(map(_trace_id, trace_ids))
        else:
            ids = [] if prediction_ids is None else list(map(clean_id, prediction_ids))
        values, times = list(map(plain, _listed(labels))), freeze(time)
    except Exception as error:  # noqa: BLE001  a stranger's object may raise anything
        unreadable("labels", labels, error)
        return
    try:
        _record(ids, values, Identity.of(model), times, by_trace=by_trace)
    except Exception as error:  # noqa: BLE001  never into the host
        _guard.report(error, "recording labels")


def _record(ids: list[str], values: list[Scalar], identity: Identity, times: Any, *, by_trace: bool) -> None:
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
        runtime.put_labels(Labels(identity, ids[part], values[part], when, now, size, by_trace))


def _trace_id(value: object) -> str:
    """Canonical form of a trace id; empty where it cannot be one."""
    text = str(value).strip().lower()
    return text if _TRACE_ID.fullmatch(text) and text.strip("0") else ""


def _drop(runtime: _runtime.Runtime, identity: Identity, reason: str, labels: int) -> None:
    runtime.ledger.take_labels(identity, labels)
    runtime.ledger.drop(identity, reason, labels, labels=True)


def _listed(labels: Any) -> list[Any]:
    return labels.tolist() if hasattr(labels, "tolist") else list(labels)
