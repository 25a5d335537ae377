"""Performance from counts, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from model_monitoring_processor.stats.classification import classification


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


def test_classes_other_than_zero_and_one_have_an_accuracy_alone():
    assert classification(labelled=10, correct=7, tp=2, fp=0, tn=1, fn=0) == {"accuracy": 0.7}
