"""The demo's own judgement of its verdicts."""

import pytest

from model_monitoring_processor.demo.truth import expected, judge


@pytest.mark.parametrize(
    ("window", "feature", "truth"),
    [
        ("2013-03", "temp", True), ("2013-12", "dewp", True), ("2013-07", "pressure", True),
        ("2013-03", "dest", False), ("2013-04", "dest", True),
        ("2013-07", "carrier", False), ("2013-07", "origin", False), ("2013-07", "sched_dep_time", False),
        ("2013-07", "humid", None), ("2013-07", "prediction.score", None),
    ],
)  # fmt: skip
def test_what_is_known(window, feature, truth):
    assert expected(window, feature) is truth


def test_a_verdict_is_right_missed_false_or_not_known():
    verdicts = [
        ("2013-03", "temp", True),  # right
        ("2013-03", "dewp", False),  # missed
        ("2013-03", "carrier", True),  # false alarm
        ("2013-03", "origin", False),  # right
        ("2013-03", "humid", True),  # not known
    ]
    judgement = judge(verdicts)
    assert judgement.right == 2
    assert judgement.missed == (("2013-03", "dewp"),)
    assert judgement.false_alarms == (("2013-03", "carrier"),)
    assert judgement.not_known == 1
