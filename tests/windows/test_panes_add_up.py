"""Panes add up and subtract exactly: shards, splits, orders and weights make no difference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_monitoring_processor.types import PredictionBatch, Window
from model_monitoring_processor.windows import Counts, Pane, PaneKey, add_outcomes, add_predictions, view_of

weights = st.none() | st.lists(st.sampled_from([0.001, 0.5, 1.0, 1.25, 20.0, 1048576.0]), min_size=60, max_size=60)
splits = st.lists(st.integers(1, 59), max_size=6, unique=True).map(sorted)


def rows_of(make, seed: int, row_weights: list[float] | None) -> PredictionBatch:
    rng = np.random.default_rng(seed)
    features = {
        "x": make.numbers(np.where(rng.random(60) < 0.1, np.nan, rng.normal(size=60))),
        "zeros": make.numbers(rng.choice([0.0, 0.5, np.inf], 60)),
        "colour": make.text(rng.choice(["red", "green", "pink", "x1", "x2"], 60).tolist()),
    }
    return make.batch(features, {"score": make.numbers(rng.random(60))}, rng.integers(0, 900, 60), row_weights)


def cut(batch: PredictionBatch, rows: slice) -> PredictionBatch:
    def part(column):
        return (
            type(column)(column.values[rows])
            if hasattr(column, "values")
            else type(column)(column.codes[rows], column.categories)
        )

    return PredictionBatch(
        batch.model,
        batch.batch_id,
        batch.keys[rows],
        batch.times[rows],
        {name: part(column) for name, column in batch.features.items()},
        {name: part(column) for name, column in batch.outputs.items()},
        None if batch.weights is None else batch.weights[rows],
    )


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), row_weights=weights, at=splits, order=st.randoms(use_true_random=False))
def test_shards_added_up_in_any_order_equal_one_pass_bit_for_bit(make, reference, seed, row_weights, at, order):
    batch = rows_of(make, seed, row_weights)
    whole = make.Panes()
    add_predictions(batch, reference, 300, whole)
    shards = []
    for low, high in zip([0, *at], [*at, 60], strict=True):
        shards.append(make.Panes())
        add_predictions(cut(batch, slice(low, high)), reference, 300, shards[-1])
    order.shuffle(shards)
    total = make.Panes()
    for shard in shards:
        for key, pane in shard.items():
            total(key).merge(Pane.from_bytes(key, pane.to_bytes()))
    assert {key: pane.to_bytes() for key, pane in total.items()} == {
        key: pane.to_bytes() for key, pane in whole.items()
    }


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), row_weights=weights, at=st.integers(1, 59))
def test_subtracting_a_part_equals_counting_without_it(make, reference, seed, row_weights, at):
    batch = rows_of(make, seed, row_weights)
    whole, late, rest = make.Panes(), make.Panes(), make.Panes()
    add_predictions(batch, reference, 300, whole)
    add_predictions(cut(batch, slice(0, at)), reference, 300, late)
    add_predictions(cut(batch, slice(at, 60)), reference, 300, rest)
    for key, pane in late.items():
        whole[key].subtract(pane)
    for key, pane in whole.items():
        assert pane.to_bytes() == rest(key).to_bytes()


def test_plain_and_weighted_batches_share_a_pane(make, reference):
    """Weighted parts hold the excess over one, so plain rows add nothing to them."""
    panes, all_weighted = make.Panes(), make.Panes()
    plain, heavy = make.batch({"x": make.numbers([0.0])}), make.batch({"x": make.numbers([0.0])}, weights=[2.5])
    add_predictions(plain, reference, 300, panes)
    add_predictions(heavy, reference, 300, panes)
    add_predictions(make.batch({"x": make.numbers([0.0, 0.0])}, weights=[1.0, 2.5]), reference, 300, all_weighted)
    ((key, pane),) = panes.items()
    assert pane.to_bytes() == all_weighted[key].to_bytes()
    assert pane.parts["rows", "1"].values.tolist() == [2, round(1.5 * 2**20)]


def test_weights_of_one_are_no_weights(make, reference):
    panes = make.Panes()
    add_predictions(make.batch({"x": make.numbers([0.0])}, weights=[1.0]), reference, 300, panes)
    (pane,) = panes.values()
    assert {name for name, _ in pane.parts} == {"rows", "bins"}


def test_the_largest_weights_do_not_overflow(make, reference):
    panes = make.Panes()
    for _ in range(20):
        rows = make.batch({"x": make.numbers(np.zeros(10_000))}, weights=[float(1 << 20)] * 10_000)
        add_predictions(rows, reference, 300, panes)
    (pane,) = panes.values()
    assert pane.parts["rows", "1"].values[1] == 200_000 * ((1 << 20) - 1) << 20
    assert all((part.values >= -200_000 * (1 << 20)).all() for part in pane.parts.values())


def test_counts_of_another_kind_schema_or_length_are_refused_and_change_nothing():
    mine = Counts("count", "a", np.array([1, 2]))
    for other in (
        Counts("sum", "a", np.zeros(2, np.int64)),
        Counts("count", "b", np.zeros(2, np.int64)),
        Counts("count", "a", np.ones(3, np.int64)),
    ):
        with pytest.raises(ValueError, match="cannot be put together"):
            mine.merge(other)
        with pytest.raises(ValueError, match="cannot be put together"):
            mine.subtract(other)
    assert mine.values.tolist() == [1, 2]


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3) | st.just(0), max_size=300))
def test_counts_survive_their_bytes(values):
    counts = Counts("count", "schema", np.array(values, np.int64))
    read = Counts.from_bytes(counts.to_bytes())
    assert (read.kind, read.schema, read.values.tolist()) == ("count", "schema", values)


def test_a_small_pane_takes_a_few_hundred_bytes(make, reference):
    panes = make.Panes()
    add_predictions(make.batch({"x": make.numbers([0.1, 0.2, 0.3])}), reference, 300, panes)
    (pane,) = panes.values()
    assert len(pane.to_bytes()) < 300


@pytest.mark.parametrize("data", [b"", b"\x02abc", b"\x01abc", b"\x01"])
def test_damaged_bytes_are_refused(data):
    with pytest.raises(ValueError, match="packed counts"):
        Pane.from_bytes(PaneKey(("m", "", ""), "", 0), data)
    with pytest.raises(ValueError, match="packed counts"):
        Counts.from_bytes(data)


def test_a_window_is_the_sum_of_its_panes_and_leaves_them_alone(make, reference):
    panes = make.Panes()
    add_predictions(make.batch({"x": make.numbers([0.0] * 4)}, seconds=[0, 300, 600, 3600]), reference, 300, panes)
    window = Window("1970-01-01T00:00Z", "1h", 0, 3600)
    inside = [pane for key, pane in panes.items() if key.start < 3600]
    before = [pane.to_bytes() for pane in inside]
    view = view_of(window, inside)
    assert view.parts["rows", "1"].values.tolist() == [3, 0]
    assert (view.model, view.segment, view.window) == (make.model, "", window)
    assert [pane.to_bytes() for pane in inside] == before


def test_a_window_refuses_what_is_not_its_own(make, reference):
    panes = make.Panes()
    add_predictions(make.batch({"x": make.numbers([0.0] * 2)}, seconds=[0, 7200]), reference, 300, panes)
    window = Window("w", "1h", 0, 3600)
    with pytest.raises(ValueError, match="not in the window"):
        view_of(window, panes.values())
    with pytest.raises(ValueError, match="no panes"):
        view_of(window, [])
    first = next(iter(panes.values()))
    other = Pane(PaneKey(make.model._replace(name="other"), "", 0), 300)
    with pytest.raises(ValueError, match="no common window"):
        view_of(window, [first, other])


def test_outcomes_are_counted_in_the_pane_of_the_prediction(make):
    panes = make.Panes()
    times = np.array([0, 1, 2, 3, 400, 401]) * 10**9
    touched = add_outcomes(
        make.model, times, ["1", "1", "0", "0", "1", "dog"], ["1", "0", "0", "1", "1", "dog"], 300, panes
    )
    assert [key.start for key in touched] == [0, 300]
    assert panes[touched[0]].parts["outcomes", "1"].values.tolist() == [4, 2, 1, 1, 1, 1]
    assert panes[touched[1]].parts["outcomes", "1"].values.tolist() == [2, 2, 1, 0, 0, 0]


def test_no_outcomes_touch_nothing(make):
    assert add_outcomes(make.model, np.zeros(0, np.int64), [], [], 300, make.Panes()) == []
