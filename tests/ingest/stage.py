"""A processor without its servers: state folder, committer and intake over one clock, and what they have counted."""

import threading
from collections import Counter

from model_monitoring_processor.ingest import Committer, Intake
from model_monitoring_processor.ingest.sources import NO_SOURCES
from model_monitoring_processor.store import StateFolder
from tests.ingest.wire import NOW


class Clock:
    """A wall clock that moves when it is told to."""

    now = NOW
    wrong_by = 0

    def __call__(self):
        return self.now + self.wrong_by

    def monotonic(self):
        return self.now / 1e9


class Stage:
    def __init__(self, path, *, sources=NO_SOURCES, **options):
        self.clock = Clock()
        self.summaries = []
        self.counted = Counter()
        self.folder = StateFolder(path, clock=self.clock)
        self.committer = Committer(
            self.folder,
            on_commit=self.summaries.append,
            clock=self.clock,
            monotonic=self.clock.monotonic,
            **options,
        )
        self.intake = Intake(self.committer, count=self._count, sources=lambda: sources, clock=self.clock)

    def send(self, body, signal="logs"):
        """Take one request and wait until it is durable."""
        return self.submit(body, signal).stored.result(10)

    def submit(self, body, signal="logs"):
        return self.intake.take(signal, body)

    def panes(self):
        """Every pane on disk: key -> bytes."""
        state = self.folder.state
        return {
            (pane.key, pane.seconds): pane.to_bytes()
            for seen in state.models()
            for pane in state.panes(seen.model, "", -(2**62), 2**62)
        }

    def part(self, name):
        """Sum of one part over all panes."""
        state = self.folder.state
        panes = [pane for seen in state.models() for pane in state.panes(seen.model, "", -(2**62), 2**62)]
        found = [counts.values for pane in panes for (part, _), counts in pane.parts.items() if part == name]
        return sum(found[1:], found[0]).tolist() if found else None

    def rows(self):
        return (self.part("rows") or [0])[0]

    def totals(self):
        """All summaries added up, by model."""
        totals = {}
        for summary in self.summaries:
            for model, commit in summary.models.items():
                counts = totals.setdefault(model, Counter())
                for name in (
                    "rows",
                    "duplicate_rows",
                    "labels",
                    "joined",
                    "pending",
                    "duplicate_labels",
                    "late_joined",
                ):
                    counts[name] += getattr(commit, name)
                counts.update(commit.rejected_rows)
                counts.update(commit.rejected_labels)
        return {model: {name: count for name, count in counts.items() if count} for model, counts in totals.items()}

    def close(self):
        self.committer.close()
        self.folder.close()

    def _count(self, metric, amount, attributes):
        self.counted[metric.name, *(attributes[name] for name in sorted(attributes))] += amount


class Gate:
    """Holds every commit at its last step until it is opened."""

    def __init__(self, stage, monkeypatch):
        self._open, self.reached = threading.Event(), threading.Event()
        commit = stage.folder.state.commit

        def waiting(change):
            self.reached.set()
            assert self._open.wait(30)
            commit(change)

        monkeypatch.setattr(stage.folder.state, "commit", waiting)

    def open(self):
        self._open.set()
