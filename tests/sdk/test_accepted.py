"""What the SDK sends, the processor accepts: whatever names, versions, categories and ids a user has."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.sdk.resources import Resource

from model_monitoring import last_prediction_ids, monitor_model, record_labels
from model_monitoring._setup import log_records
from model_monitoring.testing import capture
from model_monitoring_processor.ingest import decode_logs

NOW = 1_700_000_100_000_000_000

hostile = st.text(st.characters(), max_size=8) | st.text("\n\r\t \x00\x7f\x85a\udc80", max_size=300)
rows = st.dictionaries(hostile, hostile | st.floats() | st.none(), min_size=1, max_size=5)


def accepted(telemetry):
    """Batches that the processor makes of the telemetry; fails where it refuses any of it."""
    body = encode_logs(log_records(telemetry.records(), Resource.get_empty())).SerializeToString()
    decoded = decode_logs(body, NOW)
    assert decoded.rejected == []
    return decoded.batches


@settings(deadline=None)
@given(name=hostile, version=hostile, environment=hostile, task=hostile, row=rows, key=hostile, answer=rows | hostile)
def test_any_text_is_accepted(name, version, environment, task, row, key, answer):
    def predict(features, key):
        return answer

    predict.__name__ = name
    options = {"version": version, "environment": environment, "task_type": task}
    monitored = monitor_model(name=name, prediction_id="key", **options)(predict)
    with capture(spans=False) as telemetry:
        monitored(row, key)
        record_labels(last_prediction_ids(), [1], model=name)
    predictions, labels = accepted(telemetry)
    assert len(predictions.features) == len(row)
    assert (labels.keys == predictions.keys).all()


@settings(deadline=None)
@given(names=st.lists(hostile, min_size=1, max_size=5))
def test_any_names_of_columns_are_accepted(names):
    @monitor_model(name="m", feature_names=names)
    def predict(features):
        return None

    table = np.ones((1, len(names)))
    with capture(spans=False) as telemetry:
        predict(table)
        predict(pd.DataFrame(table, columns=pd.Index(names, dtype=object)))
    assert [len(batch.features) for batch in accepted(telemetry)] == [len(names)] * 2


@pytest.mark.parametrize(
    ("given_name", "sent"), [("1.2.3\n", "1.2.3"), ("a\tb", "a b"), (" 1 ", "1"), ("x" * 300, "x" * 256)]
)
def test_control_characters_and_the_space_around_do_not_belong_to_a_version(given_name, sent):
    @monitor_model(name="m", version=given_name)
    def predict(features):
        return None

    with capture(spans=False) as telemetry:
        predict({"city\r": 1, "age ": 2})
    (batch,) = accepted(telemetry)
    assert batch.model.version == sent
    assert list(batch.features) == ["city", "age "]


def test_a_name_of_nothing_is_the_default():
    @monitor_model(name="\n")
    def predict(features):
        return None

    with capture(spans=False) as telemetry:
        predict([1.0])
    assert accepted(telemetry)[0].model.name.endswith("predict")


def test_an_answer_wider_than_a_record_may_be_is_cut():
    @monitor_model(name="m")
    def embed(features):
        return np.ones((1, 5000))

    with capture(spans=False) as telemetry:
        embed([1.0])
    assert len(accepted(telemetry)[0].outputs) == 2000
