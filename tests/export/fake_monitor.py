"""A Monitor over plain data: a real year of flights by month, so that the page can be looked at and tested alone.

Look at it: `PYTHONPATH=sdk:processor:. python -m tests.export.fake_monitor [PORT]`
"""

import json
import math
import sys
from datetime import UTC, datetime
from pathlib import Path

FLIGHTS = ("flights_delay", "1.4.0", "production")
FLOOR = 0.05
DESTINATIONS = ["ATL", "ORD", "LAX", "BOS", "MCO", "CLT", "SFO", "FLL", "MIA", "DCA", "DTW", "DFW", "RDU", "TPA", "DEN"]
DATA = Path(__file__).parents[1] / "data" / "export" / "year_of_flights.json"


class FakeMonitor:
    """Answers that a test may change while the page looks: `windows_of` maps an identity to its windows."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str, str], dict] = {}
        self.windows_of: dict[tuple[str, str, str], list[dict]] = {}
        self.calls = 0

    def add(self, identity, windows, *, reference=True, **more):
        """Put a model there."""
        name, version, environment = identity
        closed = [window for window in windows if window["closed"]]
        newest = closed[-1] if closed else None
        performance = (newest or {}).get("performance") or {}
        self.windows_of[identity] = windows
        self.entries[identity] = {
            "name": name, "version": version, "environment": environment,
            "reference": {"hash": "9f2c41d07be3" + "0" * 52, "rows": 50_173, "version": ""} if reference else None,
            "rows": sum(window["provenance"]["rows_received"] for window in windows) or 1200,
            "last_prediction": windows[-1]["window"]["end"] - 61 if windows else 1_774_000_000,
            "window": "month", "verdict": newest["verdict"] if newest else "waiting" if reference else "no_reference",
            "drifted": [c["name"] for c in newest["columns"] if c["verdict"] == "drifted"] if newest else [],
            "labelled": sum((window["performance"] or {}).get("labelled", 0) for window in windows),
            "accuracy": performance.get("metrics", {}).get("accuracy"), "info": {}, **more,
        }  # fmt: skip

    def models(self):
        self.calls += 1
        return list(self.entries.values())

    def knows(self, model):
        return tuple(model) in self.entries

    def windows(self, name, version, environment, limit):
        return self.windows_of[(name, version, environment)][-limit:]

    def distribution(self, name, version, environment, window, role, column):
        for candidate in self.windows_of[(name, version, environment)]:
            for result in candidate["columns"]:
                if (candidate["window"]["name"], result["role"], result["name"]) == (window, role, column):
                    return distribution(result, window)
        return None


def flights(months: int = 10, *, last_open: bool = True) -> list[dict]:
    """The first months of the year as snapshots, oldest first; the last one may still be in progress."""
    data = json.loads(DATA.read_text())
    snapshots = []
    for i, name in enumerate(data["months"][:months]):
        columns = [column(key, spec, spec["windows"][i]) for key, spec in data["columns"].items()]
        labelled, coverage, *metrics = data["performance"][name]
        closed = not (last_open and i == months - 1)
        named = dict(zip(("accuracy", "precision", "recall", "f1"), metrics, strict=True))
        performance = {"labelled": labelled, "coverage": coverage if closed else 0.61, "metrics": named}
        snapshots.append(snapshot(FLIGHTS, month(name), columns, performance, closed=closed))
    return snapshots


def month(name: str) -> dict:
    start = datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC)
    end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return {"name": name, "length": "month", "start": int(start.timestamp()), "end": int(end.timestamp())}


def hour(i: int) -> dict:
    start = 1_773_990_000 + 3600 * i
    name = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%MZ")
    return {"name": name, "length": "1h", "start": start, "end": start + 3600}


def snapshot(identity, window, columns, performance=None, *, closed=True, revision=1) -> dict:
    worst = ("drifted", "exceeded", "ok", "insufficient_data", "no_reference")
    verdicts = {result["verdict"] for result in columns}
    n = max((result["n_current"] for result in columns), default=0)
    return {
        "model": dict(zip(("name", "version", "environment"), identity, strict=True)), "segment": "", "window": window,
        "columns": columns, "performance": performance, "closed": closed, "revision": revision,
        "verdict": next((v for v in worst if v in verdicts), "no_reference"),
        "provenance": {"reference_hash": "9f2c41d0", "config_hash": "77aa", "software": "0.1.0", "schema": 1,
                       "rows_received": n, "rows_used": n, "rows_represented": float(n), "gaps": []},
    }  # fmt: skip


def column(name, spec, figures) -> dict:
    """One result from the compact table: rows, missing, D, PSI, JS, chi-squared, p."""
    n, missing, effect, psi, js, chi_squared, p = figures
    numeric = spec["kind"] == "numeric"
    output = name.startswith("prediction.")
    verdict = "insufficient_data" if n < 100 else "drifted" if effect >= FLOOR else "exceeded" if p < 1e-9 else "ok"
    severity = "critical" if effect >= 0.25 else "warning" if effect >= 0.1 else "info"
    said = {
        "drifted": f"{effect:.1%} of the rows moved (D {effect:.3f}, floor {FLOOR}); not chance: q {p:.1e}.",
        "exceeded": f"Not chance (q {p:.1e}), but small: D {effect:.3f} is under the floor of {FLOOR}.",
        "ok": f"D {effect:.3f} is under the floor of {FLOOR}.",
        "insufficient_data": f"{n} rows; 100 are needed.",
    }
    return {
        "name": name, "role": "output" if output else "feature", "kind": spec["kind"], "verdict": verdict,
        "reason": said[verdict], "severity": severity if verdict == "drifted" else "",
        "method": "psi" if output else "ks_test" if numeric else "chi_squared", "threshold": 0.1 if output else 0.05,
        "n_reference": spec["n_reference"], "n_current": n, "missing_ratio": missing,
        "ks": effect if numeric else None, "psi": psi, "js": js, "tvd": None if numeric else effect,
        "chi_squared": chi_squared, "effect": effect, "w2": psi, "p_value": p, "q_value": min(1.0, p * 1.4),
    }  # fmt: skip


def distribution(result: dict, window: str) -> dict:
    """A bell that moved (numeric), or shares that changed (categorical), by about the effect."""
    numeric, shift = result["kind"] == "numeric", (result["effect"] or 0) * 6
    if numeric:
        reference, current = _bell(24, 11.0), _bell(24, 11.0 + shift)
        cells = [{"label": "", "low": i * 3.0, "high": i * 3.0 + 3} for i in range(24)]
        cells[0] |= {"low": None}
        cells[-1] |= {"high": None}
        if result["name"] == "precip":
            reference, current = _mostly_zero(0.08), _mostly_zero(0.08 + shift / 3)
            cells[:2] = [{"label": "", "low": None, "high": 0.0}, {"label": "", "low": 0.0, "high": 0.0}]
    else:
        names = DESTINATIONS if result["name"] == "dest" else ["EWR", "JFK", "LGA"]
        reference = _unit([1 / (i + 2) for i in range(len(names))])
        current = _unit([share * (1 + shift * math.sin(3 * i)) for i, share in enumerate(reference)])
        cells = [{"label": name, "low": None, "high": None} for name in names]
    shares = zip(cells, reference, current, strict=True)
    return {
        "column": result["name"], "kind": result["kind"], "window": window, "n_reference": result["n_reference"],
        "n_current": result["n_current"], "cells": [c | {"reference": r, "current": x} for c, r, x in shares],
        "missing": {"reference": 0.0016, "current": result["missing_ratio"]},
        "unseen": 0.0 if numeric else 0.0084, "invalid": 0.0,
    }  # fmt: skip


def _bell(n: int, centre: float) -> list[float]:
    return _unit([math.exp(-(((i - centre) / 4.5) ** 2)) for i in range(n)])


def _mostly_zero(rest: float) -> list[float]:
    return [0.0, 1 - rest, *(rest * share for share in _unit([0.8**i for i in range(22)]))]


def _unit(weights: list[float]) -> list[float]:
    return [weight / sum(weights) for weight in weights]


def hourly(identity, hours: int = 30) -> list[dict]:
    """A small model that is looked at every hour: few rows at night, one feature that drifts for an afternoon."""
    rows = [max(20, int(700 * math.sin(math.pi * (i % 24) / 24))) for i in range(hours)]
    names = ("age", "tenure_months", "plan", "monthly_charge", "prediction.score")
    effects = {"age": 0.012, "tenure_months": 0.021, "plan": 0.03, "monthly_charge": 0.02, "prediction.score": 0.034}
    result = []
    for i, n in enumerate(rows):
        columns = []
        for name in names:
            effect = 0.18 if name == "monthly_charge" and 11 <= i <= 16 else effects[name] + 0.004 * math.sin(i)
            spec = {"kind": "categorical" if name == "plan" else "numeric", "n_reference": 20_000}
            columns.append(
                column(name, spec, (n, 0.0, effect, effect**2 * 8, effect, None, 1e-6 if effect > 0.1 else 0.3))
            )
        result.append(snapshot(identity, hour(i), columns, closed=i < hours - 1))
    return result


def everything() -> FakeMonitor:
    """Three models: a year of flights, an hourly one, and one without a reference."""
    monitor = FakeMonitor()
    info = {"owner": "Operations research", "tier": "1", "runbook_url": "https://example.org/runbook"}
    monitor.add(FLIGHTS, flights(), info=info)
    churn = ("churn_predictor_v3", "3.2", "staging")
    monitor.add(churn, hourly(churn), window="1h")
    monitor.add(("fraud_scorer", "", ""), [], reference=False, window="1h")
    return monitor


if __name__ == "__main__":
    import uvicorn

    from model_monitoring_processor.export.api import create_app

    app = create_app(everything(), lambda _: (b"# fixture\n", "text/plain"), lambda: (True, "ready"))
    uvicorn.run(app, port=int(sys.argv[1]) if len(sys.argv) > 1 else 9464, log_level="warning")
