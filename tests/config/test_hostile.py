"""Whatever the file holds: settings, or a ConfigError. Never another exception, for any model."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from model_monitoring_processor.config import json_schema, load_config
from model_monitoring_processor.errors import ConfigError
from model_monitoring_processor.types import ModelId

SCHEMA = json_schema()
KEYS = sorted({key for part in [SCHEMA, *SCHEMA["$defs"].values()] for key in part.get("properties", {})})
WORDS = ["psi", "ks_test", "1h", "month", "UTC", "Asia/Tokyo", "churn", "ch*", "[", "", "0 * * * *", "http://x", "\x85"]
SCALARS = st.sampled_from(WORDS) | st.integers() | st.floats() | st.booleans() | st.none() | st.text(max_size=5)
TREES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, *WORDS]), below, max_size=4)
        | st.dictionaries(st.text(max_size=3), below, max_size=2)
    ),
    max_leaves=12,
)


def loads_or_says_why(folder, text):
    file = folder / "config.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        config = load_config(file)
    except ConfigError as error:
        assert str(error)  # noqa: PT017 - either outcome is right, silence is not
        return
    for model in (ModelId("churn"), ModelId("churn", "2.1", "production"), ModelId("")):
        found = config.for_model(model)
        assert 0 < found.pane_seconds <= 3600
        assert len(found.hash) == 64
    assert isinstance(config.inactive, tuple)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text(tmp_path_factory, text):
    loads_or_says_why(tmp_path_factory.getbasetemp(), text)


@settings(max_examples=400, deadline=None)
@given(tree=st.dictionaries(st.sampled_from(sorted(SCHEMA["properties"])), TREES, max_size=4))
def test_any_tree_of_known_keys(tmp_path_factory, tree):
    loads_or_says_why(tmp_path_factory.getbasetemp(), yaml.safe_dump(tree, allow_unicode=True))
