"""Snapshots as JSON: what goes in comes out."""

import dataclasses
import json

import numpy as np
import pytest

from model_monitoring_processor.evaluate import snapshot_from_dict, snapshot_to_dict
from model_monitoring_processor.reference import build
from model_monitoring_processor.types import Performance


@pytest.fixture(scope="module")
def snapshot(run):
    rng = np.random.default_rng(0)
    reference = build({"x": rng.normal(size=2000), "k": rng.choice(["a", "b"], 2000), "few": [1.0] * 2000}, model="m")
    whole = run.judged(reference, {"x": rng.normal(1, 1, 300), "k": rng.choice(["a", "b"], 300)})
    return dataclasses.replace(whole, performance=Performance(5, 0.5, {"accuracy": 0.8}))


def test_a_snapshot_survives_json(snapshot):
    text = json.dumps(snapshot_to_dict(snapshot), allow_nan=False)
    assert snapshot_from_dict(json.loads(text)) == snapshot


def test_a_snapshot_without_columns_and_labels_survives_json(snapshot):
    bare = dataclasses.replace(snapshot, columns=(), performance=None)
    assert snapshot_from_dict(json.loads(json.dumps(snapshot_to_dict(bare)))) == bare


@pytest.mark.parametrize("change", [{"surprise": 1}])
def test_an_unknown_field_of_a_column_is_not_passed_over(snapshot, change):
    data = snapshot_to_dict(snapshot)
    data["columns"][0] |= change
    with pytest.raises(TypeError):
        snapshot_from_dict(data)
