"""What becomes of each column of a data set."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from model_monitoring_processor.errors import ReferenceFileError
from model_monitoring_processor.reference import CategoricalReference, NumericReference, build

ROWS = 60


def column_of(values, **options):
    return build({"c": values, "x": np.arange(len(values))}, model="m", **options).column("feature", "c")


def own_counts(reference, name, role="feature"):
    column = reference.column(role, name)
    return reference.counts[column.offset : column.offset + column.cells]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        pytest.param(np.arange(ROWS), NumericReference, id="integers"),
        pytest.param(np.linspace(0, 1, ROWS, dtype=np.float32), NumericReference, id="float32"),
        pytest.param([1, None, 2.5] * 20, NumericReference, id="numbers-and-none"),
        pytest.param([Decimal("1.5"), None] * 30, NumericReference, id="decimals"),
        pytest.param([None] * ROWS, NumericReference, id="nothing"),
        pytest.param([True, False] * 30, CategoricalReference, id="booleans"),
        pytest.param([True, None] * 30, CategoricalReference, id="booleans-and-none"),
        pytest.param(["a", "b"] * 30, CategoricalReference, id="text"),
        pytest.param([1, "a"] * 30, CategoricalReference, id="numbers-and-text"),
        pytest.param(pd.Series([1, None, 3] * 20, dtype="Int64"), NumericReference, id="pandas-nullable-integers"),
        pytest.param(pd.Series(["a", None, "b"] * 20, dtype="category"), CategoricalReference, id="pandas-categories"),
    ],
)
def test_the_kind_of_a_column_follows_from_its_values(values, kind):
    assert isinstance(column_of(values), kind)


def test_numbers_named_as_categorical_are_categories():
    column = column_of([1, 2, 2] * 20, categorical=["c"])
    assert column.categories == ("2", "1")


def test_one_category_has_one_form():
    column = column_of([1, 1.0, True, "1", "1.0", np.int64(1), "x"] * 10, categorical=["c"])
    assert column.categories == ("1", "x")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param([f"id-{i}" for i in range(ROWS)], "identifier", id="identifiers"),
        pytest.param(np.arange(ROWS).astype("datetime64[s]"), "times are not monitored", id="times"),
        pytest.param([{"a": 1}] * ROWS, "neither numbers nor text", id="dictionaries"),
        pytest.param([dt.date(2026, 1, 1)] * ROWS, "neither numbers nor text", id="dates"),
    ],
)
def test_what_cannot_be_monitored_is_left_out_with_a_note(values, reason):
    reference = build({"c": values, "x": np.arange(ROWS)}, model="m")
    assert reference.column("feature", "c") is None
    assert any("'c' was left out" in note and reason in note for note in reference.notes)


def test_categories_are_the_most_frequent_first_and_then_by_name():
    assert column_of(["b", "a", "c", "c"] * 20).categories == ("c", "a", "b")


def test_beyond_a_thousand_categories_the_rest_is_pooled_but_not_unseen():
    values = [f"common-{i}" for i in range(1000)] * 2 + [f"rare-{i}" for i in range(500)]
    reference = build({"c": values}, model="m")
    column, counts = reference.column("feature", "c"), own_counts(reference, "c")
    assert len(column.categories) == 1000
    assert counts[column.other] == 500
    assert counts[column.unseen :].sum() == 0
    assert column.cell_of("rare-7") == column.other
    assert column.cell_of("new") >= column.unseen


def test_missing_values_and_infinities_have_cells():
    reference = build({"c": [np.nan, np.inf, -np.inf, *range(57)], "k": ["a", None, "b"] * 20}, model="m")
    column, counts = reference.column("feature", "c"), own_counts(reference, "c")
    assert (counts[column.missing], counts[0], counts[column.bins - 1]) == (1, 1, 1)
    assert own_counts(reference, "k")[reference.column("feature", "k").missing] == 20


def test_the_counts_of_every_column_add_up_to_the_rows():
    rng = np.random.default_rng(0)
    reference = build({"a": rng.normal(size=500), "b": rng.choice(["x", "y", None], 500)}, model="m")
    assert reference.rows == 500
    assert own_counts(reference, "a").sum() == own_counts(reference, "b").sum() == 500
    assert sum(column.cells for column in reference.columns) == reference.cells == len(reference.counts)


def test_outputs_follow_the_features_under_their_own_names():
    data = {"p": np.linspace(0, 1, ROWS), "yes": [0, 1] * 30, "a": np.arange(ROWS), "y": [0, 1] * 30}
    reference = build(data, model="m", outputs={"p": "score", "yes": "class"}, label="y")
    assert [(c.role, c.name, c.kind, c.label) for c in reference.columns] == [
        ("feature", "a", "numeric", "a"),
        ("output", "score", "numeric", "prediction.score"),
        ("output", "class", "categorical", "prediction.class"),
    ]
    assert reference.baseline["accuracy"] == 1.0


def test_the_baseline_comes_from_the_score_where_there_is_no_class():
    data = {"score": [0.9, 0.2, 0.7, None], "y": [1, 0, 0, 1]}
    assert build(data, model="m", outputs=["score"], label="y").baseline == pytest.approx(
        {"accuracy": 2 / 3, "precision": 0.5, "recall": 1.0, "f1": 2 / 3}
    )


def test_without_labels_or_classes_there_is_no_baseline():
    assert build({"value": [1.0, 2.0], "y": [1.0, 2.0]}, model="m", outputs=["value"], label="y").baseline == {}
    assert build({"score": [1.0, 0.0]}, model="m", outputs=["score"]).baseline == {}


def test_a_small_reference_says_so():
    assert any("only 60 rows" in note for note in build({"a": np.arange(ROWS)}, model="m").notes)
    assert build({"a": np.arange(2000)}, model="m").notes == ()


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ({}, {}, "no rows"),
        ({"a": []}, {}, "no rows"),
        ({"a": [1, 2], "b": [1]}, {}, "differ in length"),
        ({"a": [1]}, {"outputs": {"p": "score"}}, "no column 'p'; it has 'a'"),
        ({"a": [1]}, {"label": "y"}, "no column 'y'"),
        ({"a": [[1, 2]]}, {}, "'a' has 2 dimensions"),
        ({"a": [1]}, {"drop": ["a"]}, "no column is left"),
    ],
)
def test_what_is_wrong_is_said(data, options, message):
    with pytest.raises(ReferenceFileError, match=message):
        build(data, model="m", **options)


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 257])
def test_a_name_that_could_never_arrive_over_the_wire_is_refused(name):
    with pytest.raises(ReferenceFileError, match="could never arrive"):
        build({"age": np.arange(300.0)}, model=name)
