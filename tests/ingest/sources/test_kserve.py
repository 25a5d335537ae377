"""KServe v2 bodies: a batch of rows in one span."""

import json

import pytest

from model_monitoring_processor.ids import key_of
from tests.ingest.sources.foreign import only, read, reasons_of, sources, span, table


def tensor(name, shape, data, datatype="FP64"):
    return {"name": name, "shape": shape, "datatype": datatype, "data": data}


def served(inputs, outputs, **more):
    response = {"model_name": "iris", "model_version": "2", "id": "call-1", "outputs": outputs} | more
    return span(
        1,
        {
            "ml.model.name": None,
            "http.request.body.content": json.dumps({"inputs": inputs}),
            "http.response.body.content": json.dumps(response),
        },
    )


def of(**more):
    return sources(one={"preset": "kserve_v2"} | more)


def test_every_row_of_a_tensor_is_a_row():
    inputs = [tensor("x", [2, 3], [1, 2, 3, 4, 5, 6])]
    batch = only(read(served(inputs, [tensor("y", [2], [1, 0], "INT64")]), of=of()))
    assert table(batch.features) == {"x.0": [1.0, 4.0], "x.1": [2.0, 5.0], "x.2": [3.0, 6.0]}
    assert table(batch.outputs) == {"class": [1.0, 0.0]}
    assert batch.model[:2] == ("iris", "2")
    assert [key.tobytes() for key in batch.keys] == [key_of("call-1:0"), key_of("call-1:1")]


def test_the_id_of_a_single_row_is_the_calls_own():
    batch = only(read(served([tensor("x", [1, 1], [[5]])], [tensor("y", [1], [0.5])]), of=of()))
    assert table(batch.features) == {"x": [5.0]}
    assert batch.keys[0].tobytes() == key_of("call-1")


def test_tensors_may_be_columns_and_text():
    inputs = [tensor("age", [2, 1], [30, 40]), tensor("city", [2], ["Rome", "Oslo"], "BYTES")]
    batch = only(read(served(inputs, [tensor("y", [2], ["a", "b"], "BYTES")]), of=of()))
    assert table(batch.features) == {"age": [30.0, 40.0], "city": ["Rome", "Oslo"]}
    assert table(batch.outputs) == {"class": ["a", "b"]}


def test_columns_have_the_names_that_are_given():
    rules = of(features={"kserve_v2": "http.request.body.content", "names": ["age", "income"]})
    inputs, outputs = [tensor("x", [1, 2], [[1, 2]])], [tensor("y", [1], [3.5])]
    assert table(only(read(served(inputs, outputs), of=rules)).features) == {"age": [1.0], "income": [2.0]}
    assert reasons_of(read(served([tensor("x", [1, 3], [1, 2, 3])], outputs), of=rules)) == {"tensor": 1}


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        ([tensor("y", [1], [3.5])], {"value": [3.5]}),
        ([tensor("y", [1, 2], [0.25, 0.75])], {"score": [0.75]}),
        (
            [tensor("y", [1, 3], [0, 0.25, 0.75])],
            {"probability.0": [0], "probability.1": [0.25], "probability.2": [0.75]},
        ),
        ([tensor("y", [1], [1], "INT64"), tensor("p", [1, 2], [0.25, 0.75])], {"class": [1], "score": [0.75]}),
    ],
)
def test_an_output_is_what_its_type_and_width_say(outputs, found):
    assert table(only(read(served([tensor("x", [1], [5])], outputs), of=of())).outputs) == found


def test_an_output_is_what_the_configuration_says():
    rules = of(outputs={"kserve_v2": "http.response.body.content", "tensors": {"p": "score"}})
    outputs = [tensor("p", [1], [0.5]), tensor("other", [1], [7.0])]
    assert table(only(read(served([tensor("x", [1], [5])], outputs), of=rules)).outputs) == {"score": [0.5]}


@pytest.mark.parametrize(
    "inputs",
    [
        [],
        "x",
        [{"name": "x"}],
        [tensor("x", [2], [1])],
        [tensor("x", [1 << 62], [1])],
        [tensor("x", [0], [])],
        [tensor("x", [-1, -1], [1])],
        [tensor("x", [True], [1])],
        [tensor("x", [1] * 9, [1])],
        [tensor("x", [1], [[[[[[[[[[[1]]]]]]]]]]])],
        [tensor("x", [1], [1]), tensor("z", [2], [1, 2])],
        [{"name": "x", "shape": [1], "datatype": "FP32", "parameters": {"binary_data_size": 4}}],
    ],
)
def test_a_hostile_tensor_is_refused(inputs):
    assert reasons_of(read(served(inputs, [tensor("y", [1], [1.0])]), of=of())) == {"tensor": 1}


def test_as_many_rows_go_out_as_come_in():
    mapped = read(served([tensor("x", [2], [1, 2])], [tensor("y", [3], [1.0, 2.0, 3.0])]), of=of())
    assert reasons_of(mapped) == {"row_count": 1}
