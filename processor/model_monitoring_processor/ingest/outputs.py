"""What a sender called its output, in the words of the reference."""

from dataclasses import replace

from model_monitoring_processor.reference import Reference
from model_monitoring_processor.types import NumericColumn, PredictionBatch

__all__ = ["named_outputs"]


def named_outputs(batch: PredictionBatch, reference: Reference | None) -> PredictionBatch:
    """Take a `value` for the output that the reference has.

    A function that returns a number does not say whether that is a score, and the SDK calls it `value` unless it is
    told the task. Where the reference has a score (else a class) and no value, that is what the number must be.

    Args:
        batch: the predictions.
        reference: of their model.
    """
    if reference is None or "value" not in batch.outputs or reference.column("output", "value"):
        return batch
    value = batch.outputs["value"]
    if reference.column("output", "score") and isinstance(value, NumericColumn):
        name = "score"
    elif reference.column("output", "class"):
        name = "class"
    else:
        return batch
    if name in batch.outputs:
        return batch
    others = {key: column for key, column in batch.outputs.items() if key != "value"}
    return replace(batch, outputs=others | {name: value})
