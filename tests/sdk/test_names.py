"""The name of a model that no one named: stable, never shared in silence."""

import gc
import subprocess
import sys

import pytest
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

from model_monitoring import _guard, _names
from model_monitoring._names import environment_name, identity, name_of, version_of


class Forest:
    """Stands for a model of any library."""


class Slotted:
    __slots__ = ()


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(_names, "_named", {})
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    _guard.reset()


def test_a_model_is_called_after_its_service_and_class(monkeypatch):
    assert name_of(Forest()) == "Forest"
    monkeypatch.setenv("OTEL_SERVICE_NAME", "shop")
    model = Forest()
    assert [name_of(model), name_of(model, "predict_proba")] == ["shop/Forest"] * 2


def test_what_the_application_told_opentelemetry_is_used(monkeypatch):
    resource = Resource({"service.name": "till", "deployment.environment.name": "staging"})
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", TracerProvider(resource=resource))
    assert name_of(Forest()) == "till/Forest"
    assert environment_name() == "staging"
    assert identity("m", "3") == ("m", "3", "staging")


def test_two_living_models_of_one_class_are_two_and_it_is_said_once(caplog):
    first, second, third = Forest(), Forest(), Forest()
    assert [name_of(m) for m in (first, second, third, first, second)] == [
        "Forest", "Forest#2", "Forest#3", "Forest", "Forest#2"]  # fmt: skip
    assert len([r for r in caplog.records if "several models of class Forest" in r.message]) == 1


def test_a_model_that_takes_the_place_of_a_dead_one_has_its_name(caplog):
    for _ in range(5):
        assert name_of(Forest()) == "Forest"
        gc.collect()
    assert caplog.records == []
    assert len(_names._named) <= 1


def test_copies_without_end_do_not_grow_the_names():
    models = [Forest() for _ in range(100)]
    assert len({name_of(model) for model in models}) == 16


def test_an_object_without_weak_references_has_a_name_too():
    assert name_of(Slotted()) == "Slotted"


@pytest.mark.parametrize(
    ("mapping", "name"),
    [
        ("churn", "churn"),
        ("Forest=churn,Other=x", "churn"),
        ("Other=x", "Forest"),
        (f"{__name__}.Forest=churn", "churn"),
    ],
)
def test_the_environment_names_models(monkeypatch, mapping, name):
    monkeypatch.setenv("MODEL_MONITORING_MODEL_NAME", mapping)
    assert name_of(Forest()) == name


def test_a_name_from_the_registry_goes_before_the_class(monkeypatch):
    meta = type("Model", (), {"__module__": "mlflow.models.model"})()
    meta.metadata = {"registered_model_name": "churn", "registered_model_version": 7}
    model = Forest()
    model._model_meta = meta
    assert (name_of(model), version_of(model)) == ("churn", "7")
    meta.metadata = None
    meta.name = "churn_rf"
    assert (name_of(model), version_of(model)) == ("churn_rf", "")


def test_a_hostile_object_is_called_after_its_class():
    class Hostile:
        def __getattr__(self, name):
            raise RuntimeError(name)

    assert name_of(Hostile()) == "Hostile"


def test_naming_imports_nothing():
    code = "import sys; from model_monitoring._names import name_of; name_of(object())\n"
    code += "assert 'opentelemetry' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
