"""Performance from counts, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from model_monitoring_processor.stats.classification import classification, odd_labels


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_metrics_are_scikit_learns_where_they_are_defined(rows):
    guess, truth = np.array(rows).T
    counts = {
        "labelled": len(rows),
        "correct": int((guess == truth).sum()),
        "tp": int((guess & truth).sum()),
        "fp": int((guess & ~truth).sum()),
        "tn": int((~guess & ~truth).sum()),
        "fn": int((~guess & truth).sum()),
    }
    ours = classification(**counts)
    assert ours.pop("accuracy") == pytest.approx(metrics.accuracy_score(truth, guess))
    for name, value in ours.items():
        assert value == pytest.approx(getattr(metrics, f"{name}_score")(truth, guess))


def test_what_is_not_defined_is_left_out():
    assert classification(labelled=0, correct=0, tp=0, fp=0, tn=0, fn=0) == {}
    assert classification(labelled=4, correct=4, tp=0, fp=0, tn=4, fn=0) == {"accuracy": 1.0}


def test_a_model_that_is_right_about_other_classes_has_an_accuracy_alone():
    counts = {"labelled": 10, "correct": 7, "tp": 2, "fp": 0, "tn": 1, "fn": 0}
    assert classification(**counts) == {"accuracy": 0.7}
    assert odd_labels(**counts) == 0


def test_one_odd_label_is_wrong_for_the_accuracy_and_hides_nothing():
    binary = {"correct": 7, "tp": 4, "fp": 1, "tn": 3, "fn": 2}
    clean, odd = classification(labelled=10, **binary), classification(labelled=11, **binary)
    assert odd == clean | {"accuracy": 7 / 11}
    assert odd.keys() == {"accuracy", "precision", "recall", "f1"}
    assert (odd_labels(labelled=10, **binary), odd_labels(labelled=11, **binary)) == (0, 1)


def test_classes_that_are_all_of_another_kind_are_not_odd():
    counts = {"labelled": 5, "correct": 0, "tp": 0, "fp": 0, "tn": 0, "fn": 0}
    assert classification(**counts) == {"accuracy": 0.0}
    assert odd_labels(**counts) == 0
