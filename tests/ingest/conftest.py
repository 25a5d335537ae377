import pytest

from tests.ingest.stage import Stage


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path / "state")
    yield made
    made.close()
