"""One record at a time: which source takes it, and what of it is counted where."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from model_monitoring import semconv
from model_monitoring_processor.config import SourceSection
from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.attributes import short
from model_monitoring_processor.ingest.sources.identity import event_time, model_of, text_id
from model_monitoring_processor.ingest.sources.labels import Labels
from model_monitoring_processor.ingest.sources.mapped import Mapped
from model_monitoring_processor.ingest.sources.match import Source
from model_monitoring_processor.ingest.sources.predictions import Made, Predictions
from model_monitoring_processor.ingest.sources.record import Record, Values, named_values
from model_monitoring_processor.ingest.sources.sampling import weight_of
from model_monitoring_processor.ingest.sources.table import feature_table, output_table
from model_monitoring_processor.types import ModelId

__all__ = ["Reading", "Scope", "scope_of"]


class Scope(NamedTuple):
    """What the records of one scope have in common."""

    name: str
    sources: Sequence[Source]
    """That may take records of it."""
    attributes: Values
    resource: Values


def scope_of(resource: Resource, scope: InstrumentationScope, sources: Sequence[Source]) -> Scope:
    """Find the sources for a scope; none where it is our own, or its attributes cannot be read."""
    if scope.name == semconv.SCOPE or not sources:
        return Scope(scope.name, (), {}, {})
    try:
        of_scope, of_resource = named_values(scope.attributes), named_values(resource.attributes)
    except BadData:
        return Scope(scope.name, (), {}, {})
    taking = [source for source in sources if source.takes_scope(scope.name, of_resource)]
    return Scope(scope.name, taking, of_scope, of_resource)


class Reading:
    """The records of one request.

    Args:
        now: wall clock, unix nanoseconds.
    """

    def __init__(self, now: int) -> None:
        self._now = now
        self._mapped = Mapped()
        self._predictions = Predictions()
        self._labels = Labels()

    def mapped(self) -> Mapped:
        """What has been read."""
        self._mapped.batches = [*self._predictions.batches(), *self._labels.batches()]
        return self._mapped

    def pass_over(self, scope: Scope, count: int, name: str) -> None:
        """Count records of a scope that no source takes; `name` is one of theirs."""
        reason = reasons.OWN_SCOPE if scope.name == semconv.SCOPE else reasons.NO_SOURCE
        self._mapped.ignore(reason, count, _example(scope, name))

    def take(self, scope: Scope, read: Callable[[], Record]) -> None:
        """Read a record, and give it to the first source that matches."""
        try:
            record = read()
        except BadData as error:
            self._mapped.ignore(error.reason, 1, str(error))
            return
        source = next((source for source in scope.sources if source.takes(record)), None)
        if source is None:
            self.pass_over(scope, 1, record.name)
        elif record.failed:
            self._mapped.ignore(reasons.FAILED_CALL, 1, _example(scope, record.name))
        else:
            self._add(scope, source, record)

    def _add(self, scope: Scope, source: Source, record: Record) -> None:
        rules, model = source.rules, ModelId("")
        places = record.attributes, scope.attributes, scope.resource
        try:
            time = event_time(rules.time, record.attributes, record.time, self._now)
            if rules.kind == "labels":
                model = model_of(rules, places, named=False)
                self._labels.add(record, rules, model, time)
            else:
                # First, for a KServe response adds what it says of the model to the attributes.
                outputs = output_table(record.attributes, rules.outputs)
                model = model_of(rules, places, named=True)
                features = feature_table(record.attributes, rules.features)
                self._predictions.add(_made(rules, model, record, time), features, outputs)
        except BadData as error:
            self._mapped.refuse(error.reason, rules.kind, model, f"source {short(source.name)}: {error}")
        else:
            self._mapped.taken[source.name] += 1


def _made(rules: SourceSection, model: ModelId, record: Record, time: int) -> Made:
    attributes = record.attributes
    return Made(
        model=model,
        time=time,
        prediction_id=text_id(attributes, rules.id),
        identity=record.identity,
        context=record.context,
        weight=weight_of(attributes, record.tracestate, rules.weight, rules.probability),
        latency=record.latency,
        biased=rules.sampling == "tail",
    )


def _example(scope: Scope, name: str) -> str:
    return f"{short(name)} of scope {short(scope.name)}"
