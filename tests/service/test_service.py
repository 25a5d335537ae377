"""The service as a whole, in this process: what starts, what is refused, what late data changes."""

import json
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import numpy as np
import pytest

from model_monitoring_processor.config import Address, ServeOptions
from model_monitoring_processor.errors import ConfigError, MonitoringError, StateError
from model_monitoring_processor.reference import build
from model_monitoring_processor.service import Service
from tests.ingest.wire import ids, label_request, predictions

FREE = Address("127.0.0.1", 0)
HOUR = 3600
CONFIG = "drift_detection: {window: 1h, pane_minutes: 15, idle_seconds: 1}\n"


def rows(rng, count, shift=0.0):
    return {"age": list(rng.normal(40 + shift, 10, count)), "city": list(rng.choice(["Bonn", "Ulm"], count))}


@pytest.fixture
def reference(tmp_path):
    rng = np.random.default_rng(1)
    path = tmp_path / "churn.mmref"
    build(rows(rng, 4000) | {"score": rng.random(4000)}, model="churn", outputs=("score",)).save(path)
    return path


@pytest.fixture
def options(tmp_path, reference):
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG)
    return ServeOptions(
        state_dir=tmp_path / "state", config_path=config, references=(reference,),
        otlp_grpc=None, otlp_http=FREE, admin=FREE,
    )  # fmt: skip


@contextmanager
def serving(options):
    service = Service(options)
    endpoints = service.start()
    try:
        yield service, endpoints
    finally:
        service.stop()


def post(endpoints, body):
    headers = {"Content-Type": "application/x-protobuf"}
    with urlopen(Request(f"{endpoints['otlp_http']}/v1/logs", body, headers), timeout=30) as answer:
        assert answer.status == 200


def get(endpoints, path, **query):
    with urlopen(f"{endpoints['admin']}{path}?{urlencode(query)}", timeout=30) as answer:
        return answer.read().decode()


def windows(endpoints):
    identity = {"name": "churn", "version": "3", "environment": ""}
    return json.loads(get(endpoints, "/api/windows", **identity))["windows"]


def until(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        threading.Event().wait(0.05)
    raise AssertionError("the condition did not come true")


def closed(endpoints, *, revision=1):
    def found():
        every = windows(endpoints)
        done = every and all(window["closed"] for window in every) and every[0]["revision"] >= revision
        return every if done else None

    return until(found)


def at(hour, count):
    """Event times within an hour of 2023-11-14, nanoseconds."""
    start = 1_699_920_000 + hour * HOUR
    return [(start + row) * 10**9 for row in range(count)]


def test_rows_become_a_verdict_and_a_gauge(options):
    rng = np.random.default_rng(2)
    with serving(options) as (_, endpoints):
        post(endpoints, predictions(rows(rng, 500, shift=10.0), {"score": list(rng.random(500))}, times=at(1, 500)))
        (window,) = closed(endpoints)
        verdicts = {column["name"]: column["verdict"] for column in window["columns"]}
        assert verdicts == {"age": "drifted", "city": "ok", "prediction.score": "ok"}
        shown = get(endpoints, "/metrics")
    labels = 'ml_feature_name="age",ml_model_name="churn",ml_model_version="3",ml_window="1h"'
    assert f"ml_feature_drift_detected{{{labels}}} 1.0" in shown
    assert 'ml_processor_rows_received_total{ml_model_name="churn",ml_model_version="3"} 500.0' in shown


def test_late_rows_and_labels_make_a_new_revision_of_an_old_window(options):
    rng = np.random.default_rng(2)
    keys = ids(400)
    with serving(options) as (_, endpoints):
        post(endpoints, predictions(rows(rng, 200), {"score": [0.9] * 200}, keys=keys[:200], times=at(1, 200)))
        first = closed(endpoints)[0]
        assert first["performance"] is None or first["performance"]["labelled"] == 0
        late = predictions(rows(rng, 200), {"score": [0.9] * 200}, keys=keys[200:], times=at(1, 200), batch_id="late")
        post(endpoints, late)
        post(endpoints, label_request([1.0] * 100, keys=keys[:100]))
        second = until(lambda: (w := windows(endpoints)[0])["provenance"]["rows_received"] == 400 and w)
        until(lambda: (windows(endpoints)[0]["performance"] or {"labelled": 0})["labelled"] == 100)
        assert second["revision"] > first["revision"]
        assert windows(endpoints)[0]["performance"]["metrics"]["accuracy"] == 1.0


def test_a_model_without_a_reference_is_seen_and_says_so(options):
    with serving(options) as (_, endpoints):
        post(endpoints, predictions(times=at(1, 3), ml__model__name="stranger"))

        def stranger():
            return [
                model for model in json.loads(get(endpoints, "/api/models"))["models"] if model["name"] == "stranger"
            ]

        (seen,) = until(stranger)
        assert (seen["reference"], seen["verdict"], seen["rows"]) == (None, "no_reference", 3)


def test_results_are_there_again_after_a_restart(options):
    rng = np.random.default_rng(2)
    with serving(options) as (_, endpoints):
        post(endpoints, predictions(rows(rng, 300, shift=10.0), {"score": list(rng.random(300))}, times=at(1, 300)))
        before = closed(endpoints)
    with serving(options) as (_, endpoints):
        assert windows(endpoints) == before
        assert "ml_feature_drift_detected" in get(endpoints, "/metrics")
        assert 'ml_prediction_last_timestamp_seconds{ml_model_name="churn",ml_model_version="3"}' in get(
            endpoints, "/metrics"
        )


def test_what_made_a_snapshot_is_kept_by_its_hash(options):
    rng = np.random.default_rng(2)
    with serving(options) as (service, endpoints):
        post(endpoints, predictions(rows(rng, 300), {"score": list(rng.random(300))}, times=at(1, 300)))
        made = closed(endpoints)[0]["provenance"]
        registry = service.registry
        assert json.loads(registry.config(made["config_hash"]))["drift_detection.window"] == "1h"
        assert registry.reference(made["reference_hash"]) == options.references[0].read_bytes()


def test_a_reload_applies_a_new_configuration_and_keeps_the_state(options):
    rng = np.random.default_rng(2)
    with serving(options) as (service, endpoints):
        post(endpoints, predictions(rows(rng, 300), {"score": list(rng.random(300))}, times=at(1, 300)))
        closed(endpoints)
        options.config_path.write_text(CONFIG + "defaults: {owner: ann}\n")
        service.reload()
        (model,) = json.loads(get(endpoints, "/api/models"))["models"]
        assert (model["rows"], model["info"]["owner"]) == (300, "ann")
        assert 'ml_processor_config_reloads_total{reason="applied"} 1.0' in get(endpoints, "/metrics")


def test_a_reload_of_a_bad_configuration_leaves_the_old_one_in_force(options):
    with serving(options) as (service, endpoints):
        options.config_path.write_text("drift_detction: {}\n")
        with pytest.raises(ConfigError, match="drift_detection"):
            service.reload()
        assert service.rules().config.path == options.config_path
        assert 'ml_processor_config_reloads_total{reason="refused"} 1.0' in get(endpoints, "/metrics")


def test_a_taken_port_is_named_and_nothing_is_left_running(options, tmp_path):
    with serving(options) as (_, endpoints):
        taken = Address("127.0.0.1", int(endpoints["admin"].rsplit(":", 1)[1]))
        other = ServeOptions(state_dir=tmp_path / "other", otlp_grpc=None, otlp_http=FREE, admin=taken)
        with pytest.raises(MonitoringError, match=f"{taken}.*--admin"):
            Service(other).start()
        with serving(ServeOptions(state_dir=tmp_path / "other", otlp_grpc=None, otlp_http=FREE, admin=FREE)):
            pass


def test_a_state_folder_belongs_to_one_process(options):
    with serving(options), pytest.raises(StateError, match="state"):
        Service(options)


def test_two_different_references_for_one_model_are_refused(options, tmp_path):
    other = tmp_path / "other.mmref"
    build({"age": np.arange(3000.0)}, model="churn").save(other)
    both = ServeOptions(state_dir=tmp_path / "s", references=(*options.references, other))
    with pytest.raises(ConfigError, match="two different references for model 'churn'"):
        Service(both)


def test_a_plain_number_is_the_score_where_the_reference_has_one_and_its_labels_count(options):
    """A function that returns a float does not say that it is a score; the SDK calls it `value`."""
    rng = np.random.default_rng(2)
    keys = ids(300)
    with serving(options) as (_, endpoints):
        post(endpoints, predictions(rows(rng, 300), {"value": list(rng.random(300))}, keys=keys, times=at(1, 300)))
        post(endpoints, label_request([1.0] * 300, keys=keys))
        (window,) = until(lambda: (w := closed(endpoints)) and w[0]["performance"] and w)
        (score,) = [column for column in window["columns"] if column["name"] == "prediction.score"]
    assert (score["n_current"], score["verdict"]) == (300, "ok")
    assert window["performance"]["labelled"] == 300


def test_columns_that_do_not_match_the_reference_are_counted(options):
    with serving(options) as (_, endpoints):
        post(endpoints, predictions({"age": [40.0] * 3, "colour": ["red"] * 3}, times=at(1, 3)))
        shown = until(lambda: (text := get(endpoints, "/metrics")) and "cells_unmatched" in text and text)
    labels = 'ml_model_name="churn",ml_model_version="3"'
    assert f'ml_processor_cells_unmatched_total{{{labels},reason="missing_column"}} 3.0' in shown
    assert f'ml_processor_cells_unmatched_total{{{labels},reason="unknown_column"}} 3.0' in shown


def test_a_reload_with_another_window_cuts_the_past_anew(options):
    rng = np.random.default_rng(2)
    with serving(options) as (service, endpoints):
        post(endpoints, predictions(rows(rng, 300), {"score": list(rng.random(300))}, times=at(1, 300)))
        assert closed(endpoints)[0]["window"]["length"] == "1h"
        options.config_path.write_text("drift_detection: {window: 1d, pane_minutes: 15, idle_seconds: 1}\n")
        service.reload()
        assert closed(endpoints)[0]["window"]["length"] == "1d"
        (model,) = json.loads(get(endpoints, "/api/models"))["models"]
        assert model["window"] == "1d"
