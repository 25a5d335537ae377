"""A Prometheus that scrapes the Collector as users are told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.stack.running import free_port, get, get_json, running, wait_for

CONFIG = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: otel-collector
    honor_labels: true
    static_configs: [{{targets: ["{target}"]}}]
"""


class Sample(NamedTuple):
    """One series of an instant query."""

    labels: dict[str, str]
    value: float


class Prometheus(NamedTuple):
    """A running Prometheus."""

    address: str

    def query(self, promql: str) -> list[Sample]:
        """Answer to an instant query, now."""
        result = get_json(f"{self.address}/api/v1/query", query=promql)["data"]["result"]
        return [Sample(series["metric"], float(series["value"][1])) for series in result]


@contextmanager
def prometheus(binary: str, folder: Path, metrics_url: str) -> Iterator[Prometheus]:
    """Run Prometheus on the results of a Collector."""
    config = folder / "prometheus.yaml"
    config.write_text(CONFIG.format(target=urlsplit(metrics_url).netloc), encoding="utf-8")
    port = free_port()
    command = [
        binary,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--enable-feature=exemplar-storage",
    ]
    with running(command, folder / "prometheus.log"):
        address = f"http://127.0.0.1:{port}"
        wait_for("Prometheus is ready", lambda: get(f"{address}/-/ready"))
        yield Prometheus(address)
