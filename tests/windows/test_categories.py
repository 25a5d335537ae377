"""One category, however it is written and in whichever precision it travels."""

import numpy as np
import pytest

from model_monitoring_processor.categories import canonical, canonical_number
from model_monitoring_processor.reference import build
from model_monitoring_processor.windows import add_predictions


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1", "1"),
        ("1.0", "1"),
        ("True", "1"),
        ("false", "0"),
        ("-0", "0"),
        ("-0.50", "-0.5"),
        ("0.1", "0.1"),
        ("1000000", "1000000"),
    ],
)
def test_plain_decimal_notation_is_a_number(text, form):
    assert canonical(text) == form


@pytest.mark.parametrize(
    "code",
    [
        *("5E2", "1e3", "007", "00", "1_0", "+1", "1 ", " 1", "1\n", ".5", "5.", "-", "", "nan", "inf", "0x1", "1.2.3"),
        *("\N{ARABIC-INDIC DIGIT THREE}", "1\N{ARABIC-INDIC DIGIT THREE}", "9" * 400),
    ],
)
def test_a_code_that_only_looks_like_a_number_stays_itself(code):
    assert canonical(code) == code


@pytest.mark.parametrize("text", ["1.0", "0.10", "123456789.125", "5E2", "9" * 30, "0.00000001", "True"])
def test_the_form_of_a_form_is_itself(text):
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize("value", [0.1, 0.2, 0.3, 1e-7, 1 / 4, 123.456, -2.5, 16_777_215.0, 0.0, -0.0, 1e10])
def test_a_number_has_one_name_in_either_precision(value):
    assert canonical_number(np.float32(value)) == canonical_number(value)


RATES = [0.1, 0.2, 0.5, 19.99] * 25
FLAGS = [True, False] * 50


@pytest.mark.parametrize(
    ("known", "sent"),
    [
        pytest.param(np.array(RATES), np.array(RATES, np.float32), id="f64-reference-f32-traffic"),
        pytest.param(np.array(RATES, np.float32), np.array(RATES), id="f32-reference-f64-traffic"),
        pytest.param(np.array(RATES, np.float32), np.array(RATES, np.float32), id="f32-both"),
        pytest.param(np.array(RATES, object), np.array(RATES, np.float32), id="objects"),
        pytest.param([str(rate) for rate in RATES], np.array(RATES, np.float32), id="text-reference"),
        pytest.param(np.array([1, 2, 3, 16_777_215] * 25), np.array([1, 2, 3, 16_777_215], np.float32), id="integers"),
        pytest.param(np.array(FLAGS), np.array(FLAGS, np.float32), id="booleans"),
        pytest.param(np.array(FLAGS), np.array(FLAGS, np.float64), id="booleans-f64"),
        pytest.param(np.array([0.5, np.nan] * 50, np.float16), np.array([0.5, np.nan], np.float32), id="f16-missing"),
        pytest.param(np.array([0.1, 0.2] * 50, np.float16), np.array([0.1, 0.2], np.float16), id="f16"),
    ],
)
def test_no_kind_of_number_makes_a_known_category_unseen(make, known, sent):
    reference = build({"rate": known}, model="m", categorical=["rate"])
    on_the_wire = np.asarray(sent, np.float32) if sent.dtype == np.float16 else sent
    rows = make.batch({"rate": make.numbers(on_the_wire, on_the_wire.dtype)})
    assert add_predictions(rows, reference, 300, make.Panes()).unseen == {}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_text_traffic_meets_a_reference_of_numbers(make, dtype):
    reference = build({"rate": np.array(RATES, dtype)}, model="m", categorical=["rate"])
    rows = make.batch({"rate": make.text([str(rate) for rate in RATES])})
    assert add_predictions(rows, reference, 300, make.Panes()).unseen == {}
