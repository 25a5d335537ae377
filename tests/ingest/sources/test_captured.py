"""Bytes that the OpenTelemetry SDKs of other languages sent (examples/emitters), as they came off the wire."""

from pathlib import Path

import pytest

from model_monitoring_processor.ingest.otlp_json import from_json
from model_monitoring_processor.ingest.sources import map_spans
from tests.ingest.sources.foreign import only, sources, table

CAPTURED = Path(__file__).parents[2] / "data" / "otlp"
NOW = 1_795_500_000 * 10**9
OF = sources(
    json={"preset": "json", "match": {"attributes": {"ml.features": "*"}}},
    flat={"preset": "flat"},
)


def captured(language):
    if language == "javascript":
        return from_json("traces", (CAPTURED / "javascript.json").read_bytes())
    return (CAPTURED / f"{language}.pb").read_bytes()


@pytest.mark.parametrize("language", ["go", "java", "javascript"])
def test_a_dozen_predictions(language):
    batch = only(map_spans(captured(language), OF.spans, NOW))
    assert batch.model.name == f"fraud-{language}"
    assert table(batch.features) == {"age": [20.0 + n for n in range(12)], "country": ["DE", "FR"] * 6}
    assert table(batch.outputs)["score"] == pytest.approx([n / 12 for n in range(12)])
