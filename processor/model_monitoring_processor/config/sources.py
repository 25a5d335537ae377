"""`sources`: which foreign spans and log records are predictions or labels, and what is where in them."""

from typing import Any, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from model_monitoring_processor.config.base import Section
from model_monitoring_processor.config.presets import PRESETS, Preset
from model_monitoring_processor.config.values import Text

__all__ = ["Features", "From", "Match", "Outputs", "SourceSection", "Time"]

Tensor: TypeAlias = Literal["score", "class", "value"]


class Match(Section):
    """What a span or record must be; `*`, `?` and `[abc]` in texts as in file names. Absent: anything."""

    signal: Literal["spans", "logs"] = Field(default="spans", description="spans or logs.")
    scope: Text | None = Field(default=None, description="Name of the instrumentation scope.")
    name: Text | None = Field(default=None, description="Name of the span, or event name of the log record.")
    attributes: dict[Text, Text] = Field(default={}, description="Attributes that it must have; `*`: any value.")
    resource: dict[Text, Text] = Field(default={}, description="Attributes of its resource, likewise.")


class From(Section):
    """An attribute of the record, its scope or its resource; the constant where none of them has it."""

    attribute: Text | None = Field(default=None, description="Name of the attribute.")
    constant: Text | None = Field(default=None, description="What holds without it.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.attribute is None and self.constant is None:
            raise ValueError("expected `attribute`, `constant` or both")
        return self


class Features(Section):
    """Where the features are; several of these add up."""

    prefix: Text | None = Field(default=None, description="Each attribute whose name begins so; the rest names it.")
    attributes: list[Text] = Field(default=[], description="These attributes, under their own names.")
    map: Text | None = Field(default=None, description="One attribute that is a map; `$body`: the record's body.")
    json_text: Text | None = Field(default=None, alias="json", description="One attribute that holds a JSON object.")
    kserve_v2: Text | None = Field(default=None, description="One attribute that holds a KServe v2 request.")
    names: list[Text] = Field(default=[], description="Names of the columns of a KServe v2 tensor, in order.")


class Outputs(Section):
    """Where the outputs are."""

    score: Text | None = Field(default=None, description="Attribute with the score of the positive class.")
    class_: Text | None = Field(default=None, alias="class", description="Attribute with the predicted class.")
    value: Text | None = Field(default=None, description="Attribute with the predicted value.")
    map: Text | None = Field(default=None, description="One attribute that is a map of outputs.")
    json_text: Text | None = Field(default=None, alias="json", description="One attribute that holds a JSON object.")
    kserve_v2: Text | None = Field(default=None, description="One attribute that holds a KServe v2 response.")
    tensors: dict[Text, Tensor] = Field(default={}, description="What a tensor of a KServe v2 response is, by name.")


class Time(Section):
    """Event time, where it is not the span's start or the record's time."""

    attribute: Text = Field(description="Name of the attribute.")
    unit: Literal["s", "ms", "us", "ns", "iso8601"] = Field(default="s", description="What it counts since 1970.")


class SourceSection(Section):
    """One kind of spans or log records. The first source that matches takes a record."""

    preset: Preset | None = Field(default=None, description="flat, json or kserve_v2; what is written here wins.")
    kind: Literal["predictions", "labels"] = Field(default="predictions", description="predictions or labels.")
    match: Match = Field(default=Match(), description="Which spans or log records.")
    model: From | None = Field(default=None, description="Name of the model.")
    version: From | None = Field(default=None, description="Version of the model.")
    environment: From | None = Field(default=None, description="Environment; by default that of the resource.")
    id: Text | None = Field(default=None, description="Attribute with the prediction id.")
    trace_id: Text | None = Field(
        default=None, description="labels: attribute with the trace id in hex; `$trace`: the record's own."
    )
    features: Features | None = Field(default=None, description="Where the features are.")
    outputs: Outputs | None = Field(default=None, description="Where the outputs are.")
    label: Text | None = Field(default=None, description="labels: attribute with the true outcome.")
    weight: Text | None = Field(default=None, description="Attribute with the number of rows that a row stands for.")
    probability: Text | None = Field(default=None, description="Attribute with the probability of having been kept.")
    time: Time | None = Field(default=None, description="Event time.")
    sampling: Literal["head", "tail"] = Field(
        default="head", description="tail: what came was chosen for what it is; shown, never alerts."
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        whole = {**PRESETS.get(self.preset or "", {}), **self.model_dump(exclude_unset=True, by_alias=True)}
        for problem in _problems(whole):
            raise ValueError(problem)
        return self

    def resolved(self) -> "SourceSection":
        """What is written, over what the preset says: key by key, and those of `match` one by one."""
        preset = PRESETS.get(self.preset or "", {})
        written = self.model_dump(exclude_unset=True, by_alias=True)
        match = {**preset.get("match", {}), **written.get("match", {})}
        return SourceSection.model_validate({**preset, **written, "match": match})


def _problems(whole: dict[str, Any]) -> list[str]:
    found = []
    if whole.get("kind") == "labels":
        if "label" not in whole:
            found.append("`label` is required for labels: the attribute with the true outcome")
        if ("id" in whole) == ("trace_id" in whole):
            found.append("labels name their prediction by `id` or by `trace_id`: expected one of them")
        return found
    if "model" not in whole:
        found.append("`model` is required: {attribute: ...}, {constant: ...} or both")
    if not whole.get("features") and not whole.get("outputs"):
        found.append("`features` or `outputs` is required")
    if "weight" in whole and "probability" in whole:
        found.append("`weight` and `probability` say the same: expected one of them")
    found += [f"`{key}` is for `kind: labels`" for key in ("label", "trace_id") if key in whole]
    return found
