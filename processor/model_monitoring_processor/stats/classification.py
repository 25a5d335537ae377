"""Accuracy, precision, recall and F1 from counts."""

__all__ = ["classification", "odd_labels"]


def classification(*, labelled: int, correct: int, tp: int, fp: int, tn: int, fn: int) -> dict[str, float]:
    """Metrics that are defined for these counts; those that would divide by zero are left out.

    A row is binary when both its prediction and its outcome are 0 or 1. A row that is right without being binary
    shows that the model knows other classes: it has an accuracy alone. Where there is none, rows that are not binary
    are odd labels of a binary model: wrong for the accuracy, and not in precision, recall and F1.

    Args:
        labelled: rows whose outcome is known.
        correct: those that were predicted right.
        tp: predicted 1 and was 1.
        fp: predicted 1 and was 0.
        tn: predicted 0 and was 0.
        fn: predicted 0 and was 1.

    Returns:
        `accuracy` over all that is labelled; `precision`, `recall`, `f1` over its binary rows.

    Source: C. J. van Rijsbergen, Information Retrieval (1979), chapter 7.
    """
    metrics: dict[str, float] = {}
    if labelled <= 0:
        return metrics
    metrics["accuracy"] = correct / labelled
    if correct > tp + tn:
        return metrics
    for name, part, whole in (("precision", tp, tp + fp), ("recall", tp, tp + fn), ("f1", 2 * tp, 2 * tp + fp + fn)):
        if whole > 0:
            metrics[name] = part / whole
    return metrics


def odd_labels(*, labelled: int, correct: int, tp: int, fp: int, tn: int, fn: int) -> int:
    """Rows of a binary model that precision, recall and F1 leave out; 0 where the model knows other classes.

    Args:
        labelled: rows whose outcome is known.
        correct: those that were predicted right.
        tp: as for `classification`.
        fp: likewise.
        tn: likewise.
        fn: likewise.
    """
    binary = tp + fp + tn + fn
    return labelled - binary if binary and correct == tp + tn else 0
