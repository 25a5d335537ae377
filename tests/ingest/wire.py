"""A small encoder of the wire format, written from docs/wire.md and not from the SDK: the two hold each other."""

import uuid

import numpy as np
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

NOW = 1_700_000_000 * 10**9
"""The clock of tests: 2023-11-14T22:13:20Z."""


def varint(number):
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def any_value(value):
    if isinstance(value, AnyValue):
        return value
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, bytes):
        return AnyValue(bytes_value=value)
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, dict):
        found = AnyValue(kvlist_value=KeyValueList())
        for name, entry in value.items():
            found.kvlist_value.values.add(key=name).value.CopyFrom(any_value(entry))
        return found
    found = AnyValue()
    found.array_value.SetInParent()
    for entry in value:
        found.array_value.values.append(any_value(entry))
    return found


def column(values):
    """A packed column: numbers as float64, a float32 array as it is, strings as codes; None is missing."""
    if isinstance(values, np.ndarray):
        return values.tobytes()
    if all(isinstance(value, (int, float)) for value in values):
        return np.array(values, "<f8").tobytes()
    names = sorted({value for value in values if value is not None})
    codes = np.array([255 if value is None else names.index(value) for value in values], "<u1")
    return {"codes": codes.tobytes(), "values": names}


def uuid7(millis, serial):
    """A time-ordered id that is the same in every run."""
    return uuid.UUID(int=(millis << 80) | (0x7 << 76) | (0b10 << 62) | serial)


def ids(count, serial=0, now=NOW):
    return [uuid7(now // 10**6, serial + row) for row in range(count)]


def prediction(features=None, outputs=None, *, rows=None, batch_id="batch-1", keys=None, times=None, **more):
    """Attributes of a prediction record; `more` replaces attributes (`__` for the dot) or removes them (None)."""
    features = {"age": [35.0, 41.0, 29.0]} if features is None else features
    rows = rows or len(next(iter(features.values())))
    outputs = {"score": [0.2] * rows} if outputs is None else outputs
    attributes = {
        "ml.wire.version": "1",
        "ml.model.name": "churn",
        "ml.model.version": "3",
        "ml.batch.id": batch_id,
        "ml.batch.row_count": rows,
        "ml.feature.schema_hash": "abc",
        "ml.batch.timestamps": np.array([NOW] * rows if times is None else times, "<i8").tobytes(),
        "ml.prediction.ids": _ids(ids(rows) if keys is None else keys),
        "ml.features": {name: column(values) for name, values in features.items()},
        "ml.outputs": {name: column(values) for name, values in outputs.items()},
    }
    return _changed(attributes, more)


def labels(values, *, keys, batch_id="labels-1", times=None, **more):
    """Attributes of a label record."""
    rows = len(keys)
    attributes = {
        "ml.wire.version": "1",
        "ml.model.name": "churn",
        "ml.batch.id": batch_id,
        "ml.batch.row_count": rows,
        "ml.batch.timestamps": np.array([NOW] * rows if times is None else times, "<i8").tobytes(),
        "ml.prediction.ids": _ids(keys),
        "ml.labels": column(values),
    }
    return _changed(attributes, more)


def record(event, attributes):
    found = LogRecord(event_name=event)
    for name, value in attributes.items():
        found.attributes.add(key=name).value.CopyFrom(any_value(value))
    return found


def request(*records, resource=None):
    """Bytes of an ExportLogsServiceRequest with one resource and one scope."""
    found = ExportLogsServiceRequest()
    of_resource = found.resource_logs.add()
    for name, value in (resource or {}).items():
        of_resource.resource.attributes.add(key=name).value.CopyFrom(any_value(value))
    scope = of_resource.scope_logs.add()
    scope.scope.name = "model_monitoring"
    scope.log_records.extend(records)
    return found.SerializeToString()


def predictions(*args, resource=None, **more):
    """Bytes of a request with one prediction record."""
    return request(record("ml.prediction.batch", prediction(*args, **more)), resource=resource)


def label_request(*args, **more):
    """Bytes of a request with one label record."""
    return request(record("ml.label.batch", labels(*args, **more)))


def _ids(keys):
    if all(isinstance(key, uuid.UUID) for key in keys):
        return b"".join(key.bytes for key in keys)
    return list(keys)


def _changed(attributes, more):
    for name, value in more.items():
        attributes[name.replace("__", ".")] = value
    return {name: value for name, value in attributes.items() if value is not None}
