"""Rows into cells: where every kind of value goes."""

import numpy as np
import pytest

from model_monitoring_processor.windows import add_predictions


def test_rows_go_to_the_pane_of_their_event_time(make, reference):
    panes = make.Panes()
    rows = make.batch({"x": make.numbers([0.0] * 4)}, seconds=[299.9, 300, 0, 301])
    added = add_predictions(rows, reference, 300, panes)
    assert [key.start for key in added.touched] == [0, 300]
    assert [panes[key].parts["rows", "1"].values.tolist() for key in added.touched] == [[2, 0], [2, 0]]
    assert all(key.model == make.model and key.segment == "" for key in added.touched)


def test_event_times_before_1970_have_panes_as_well(make):
    panes = make.Panes()
    added = add_predictions(make.batch({"x": make.numbers([0.0])}, seconds=[-1]), None, 300, panes)
    assert [key.start for key in added.touched] == [-300]


def test_an_empty_batch_touches_nothing(make, reference):
    panes = make.Panes()
    assert add_predictions(make.batch({"x": make.numbers([])}), reference, 300, panes).touched == []
    assert not panes


def test_without_a_reference_rows_are_counted_and_nothing_else(make):
    panes = make.Panes()
    add_predictions(make.batch({"x": make.numbers([1.0, 2.0])}), None, 300, panes)
    (pane,) = panes.values()
    assert list(pane.parts) == [("rows", "1")]
    assert pane.parts["rows", "1"].values.tolist() == [2, 0]


def test_every_row_falls_into_one_cell_of_every_column(make, reference, cells):
    panes = make.Panes()
    features = {
        "x": make.numbers([1.0, np.nan, np.inf, -np.inf, 1e300]),
        "colour": make.text(["red", None, "no", "a", ""]),
    }
    add_predictions(make.batch(features), reference, 300, panes)
    for column in reference.columns:
        assert cells(panes, reference, column.role, column.name).sum() == 5


def test_nan_is_missing_and_infinities_are_beyond_the_reference(make, reference, cells):
    panes = make.Panes()
    add_predictions(make.batch({"x": make.numbers([np.nan, np.inf, -np.inf])}), reference, 300, panes)
    counts, column = cells(panes, reference, "feature", "x"), reference.column("feature", "x")
    assert (counts[column.missing], counts[column.bins - 1], counts[0]) == (1, 1, 1)


def test_a_column_that_the_batch_lacks_is_missing_in_all_its_rows(make, reference, cells):
    panes = make.Panes()
    add_predictions(make.batch({"x": make.numbers([0.0] * 7)}), reference, 300, panes)
    assert cells(panes, reference, "feature", "colour")[reference.column("feature", "colour").missing] == 7
    assert cells(panes, reference, "output", "score")[reference.column("output", "score").missing] == 7


def test_a_column_that_the_reference_lacks_is_ignored(make, reference):
    panes = make.Panes()
    added = add_predictions(make.batch({"new": make.numbers([1.0])}), reference, 300, panes)
    assert added.invalid == added.unseen == {}


def test_an_output_and_a_feature_of_one_name_are_not_confused(make, reference, cells):
    panes = make.Panes()
    rows = make.batch({"score": make.numbers([0.5])}, {"x": make.numbers([0.5])})
    add_predictions(rows, reference, 300, panes)
    assert cells(panes, reference, "output", "score")[reference.column("output", "score").missing] == 1
    assert cells(panes, reference, "feature", "x")[reference.column("feature", "x").missing] == 1


def test_text_in_a_numeric_column_is_parsed_and_what_is_no_number_is_invalid(make, reference, cells):
    panes = make.Panes()
    rows = make.batch({"x": make.text(["0.5", "1,234.5", "abc", None, "nan", "1_0"])})
    added = add_predictions(rows, reference, 300, panes)
    counts, column = cells(panes, reference, "feature", "x"), reference.column("feature", "x")
    assert added.invalid == {"x": 3}
    assert (counts[column.invalid], counts[column.missing], counts[: column.bins].sum()) == (3, 2, 1)


@pytest.mark.parametrize(
    ("known", "sent"),
    [
        pytest.param([0, 1], [0.0, 1.0, np.nan], id="floats-for-integers"),
        pytest.param([True, False], [0.0, 1.0, np.nan], id="floats-for-booleans"),
        pytest.param(["0", "1"], [0.0, 1.0, np.nan], id="floats-for-text"),
    ],
)
def test_numbers_in_a_categorical_column_take_their_canonical_form(make, known, sent):
    from model_monitoring_processor.reference import build

    reference = build({"flag": known * 50}, model="m", categorical=["flag"])
    panes = make.Panes()
    added = add_predictions(make.batch({"flag": make.numbers(sent)}), reference, 300, panes)
    (pane,) = panes.values()
    assert pane.parts["bins", reference.hash].values[:4].tolist() == [1, 1, 0, 1]
    assert added.unseen == {}


def test_infinity_as_a_category_is_one_more_unseen_category(make):
    from model_monitoring_processor.reference import build

    reference = build({"flag": [0, 1] * 50}, model="m", categorical=["flag"])
    added = add_predictions(make.batch({"flag": make.numbers([np.inf, 2.0])}), reference, 300, make.Panes())
    assert added.unseen == {"flag": 2}


def test_unseen_categories_are_counted_in_buckets_by_name(make, reference, cells):
    panes = make.Panes()
    rows = make.batch({"colour": make.text(["pink", "red", "pink", "mauve"])}, {"score": make.numbers([0.1] * 4)})
    added = add_predictions(rows, reference, 300, panes)
    column = reference.column("feature", "colour")
    assert added.unseen == {"colour": 3}
    assert sorted(cells(panes, reference, "feature", "colour")[column.unseen :].tolist())[-2:] == [1, 2]


def test_outputs_are_reported_under_their_name_in_results(make, reference):
    rows = make.batch({"x": make.numbers([0.0])}, {"score": make.text(["high"])})
    assert add_predictions(rows, reference, 300, make.Panes()).invalid == {"prediction.score": 1}


def test_read_only_columns_of_any_precision_will_do(make, reference, cells):
    values = np.random.default_rng(2).normal(size=500)
    counted = []
    for dtype in (np.float64, np.float32):
        panes = make.Panes()
        raw = np.frombuffer(values.astype(dtype).tobytes(), dtype)
        add_predictions(make.batch({"x": type(make.numbers([0.0]))(raw)}), reference, 300, panes)
        counted.append(cells(panes, reference, "feature", "x"))
    assert np.array_equal(*counted)
