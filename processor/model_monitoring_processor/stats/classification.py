"""Accuracy, precision, recall and F1 from counts."""

__all__ = ["classification"]


def classification(*, labelled: int, correct: int, tp: int, fp: int, tn: int, fn: int) -> dict[str, float]:
    """Metrics that are defined for these counts; those that would divide by zero are left out.

    Args:
        labelled: rows whose outcome is known.
        correct: those that were predicted right.
        tp: predicted 1 and was 1.
        fp: predicted 1 and was 0.
        tn: predicted 0 and was 0.
        fn: predicted 0 and was 1.

    Returns:
        `accuracy` where something is labelled; `precision`, `recall`, `f1` where all of it is binary as well.

    Source: C. J. van Rijsbergen, Information Retrieval (1979), chapter 7.
    """
    metrics: dict[str, float] = {}
    if labelled <= 0:
        return metrics
    metrics["accuracy"] = correct / labelled
    if tp + fp + tn + fn != labelled:
        return metrics
    for name, part, whole in (("precision", tp, tp + fp), ("recall", tp, tp + fn), ("f1", 2 * tp, 2 * tp + fp + fn)):
        if whole > 0:
            metrics[name] = part / whole
    return metrics
