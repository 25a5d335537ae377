"""Sampled rows stand for those that were not kept."""

import pytest

from tests.ingest.sources.foreign import FLAT, only, read, reasons_of, sources, span, spans_request
from tests.ingest.stage import Stage


def weights(*spans, of):
    found = only(read(*spans, of=of)).weights
    return None if found is None else found.tolist()


@pytest.mark.parametrize(
    ("tracestate", "weight"),
    [
        ("ot=th:0", 1),
        ("ot=th:8", 2),
        ("ot=th:c", 4),
        ("ot=th:c;rv:d29d6a7215ced0", 4),
        ("vendor=x,ot=rv:1;th:fd70a3d70a3d71", 100),
        (" ot=p:3;r:5", 8),
        ("other=th:8", 1),
        ("ot=rv:8", 1),
    ],
)
def test_the_probability_stands_in_tracestate(tracestate, weight):
    found = weights(span(1, tracestate=tracestate), span(2, tracestate="ot=th:8"), of=sources(one={"preset": "flat"}))
    assert found == pytest.approx([weight, 2])


@pytest.mark.parametrize(
    "tracestate",
    ["ot=th:", "ot=th:x", "ot=th:fffffffffffffff", "ot=p:63", "ot=p:-1", "ot=th:fffffffffffff", "ot=p:00000099999"],
)
def test_what_is_no_probability_is_refused_rather_than_guessed(tracestate):
    of = sources(one={"preset": "flat"})
    assert reasons_of(read(span(tracestate=tracestate), of=of)) == {"weights": 1}


@pytest.mark.parametrize(
    ("key", "value", "weight"),
    [("weight", 20, 20), ("weight", "2.5", 2.5), ("probability", 0.25, 4), ("probability", "0.5", 2)],
)
def test_an_attribute_wins_over_tracestate(key, value, weight):
    of = sources(one={"preset": "flat", key: "rate"})
    assert weights(span(1, {"rate": value}, tracestate="ot=th:8"), of=of) == [weight]


@pytest.mark.parametrize(
    ("key", "value"),
    [("weight", 0), ("weight", -1), ("weight", 1e9), ("weight", "x"), ("probability", 0), ("probability", True)],
)
def test_a_weight_out_of_bounds_is_refused(key, value):
    assert reasons_of(read(span(1, {"rate": value}), of=sources(one={"preset": "flat", key: "rate"}))) == {"weights": 1}


def test_rows_of_a_tail_sampled_source_are_marked():
    assert only(read(span(), of=sources(one={"preset": "flat", "sampling": "tail"}))).biased
    assert not only(read(span())).biased


def test_the_pane_knows_how_many_rows_the_sampled_ones_stand_for(tmp_path):
    stage = Stage(tmp_path, sources=FLAT)
    stage.send(spans_request(span(1, tracestate="ot=th:c"), span(2)), "traces")
    rows, excess = stage.part("rows")
    assert (rows, rows + excess / (1 << 20)) == (2, 5)
    stage.close()


def test_the_pane_knows_how_many_rows_are_of_a_biased_sample(tmp_path):
    stage = Stage(tmp_path, sources=sources(one={"preset": "flat", "sampling": "tail"}))
    stage.send(spans_request(span(1), span(2)), "traces")
    assert stage.part("rows.biased") == [2]
    stage.close()
