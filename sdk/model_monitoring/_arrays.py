"""Arrays and matrices, copied: numpy's, scipy's sparse ones, torch's tensors. None of these libraries is imported."""

import sys
from typing import Any

from model_monitoring._captured import MAX_FEATURES, Captured, Limits, Unsupported, counted, sample
from model_monitoring._rows import of_columns, of_list

__all__ = ["host", "of_array", "of_masked", "of_sparse", "of_tensor"]

_NUMERIC = "fiubMm"
_SPARSE_CELLS = 1 << 17
"""Cells of a sparse matrix that are expanded; rows over it are sampled away."""
_SPARSE_STORED = 1 << 20
"""Stored values of a matrix that is not kept by rows up to which it is turned into one that is."""


def of_array(features: Any, limits: Limits) -> Captured:
    """A numpy array of one dimension (one row) or two; one with named fields is a table."""
    dtype = features.dtype
    if dtype.kind not in _NUMERIC:
        if dtype.names:
            flat = features.reshape(-1)
            return of_columns(dtype.names, tuple(flat[name] for name in dtype.names), limits)
        return of_list(features.tolist() if features.ndim else [features.item()], limits)
    if features.ndim != 2:
        features = _as_row(features)
    rows, width = features.shape
    if rows == 1 and width <= MAX_FEATURES:
        return Captured("array", None, (features.tobytes(), dtype, width), 1, width * dtype.itemsize)
    kept = sample(rows, width * features.itemsize, limits)
    if kept:
        features = features[kept]
    data = features[:, :MAX_FEATURES].tobytes()
    left, total = (len(kept), rows) if kept else (rows, 0)
    packed = (data, dtype, min(width, MAX_FEATURES))
    return Captured("array", None, packed, left, len(data), kept, max(width - MAX_FEATURES, 0), total)


def of_masked(features: Any, limits: Limits) -> Captured:
    """A masked array of numpy: what is masked is missing."""
    return of_list(features.tolist(), limits)


def of_sparse(features: Any, limits: Limits) -> Captured:
    """A sparse matrix: expanded up to a cap, or described by what each row holds where it has too many columns.

    Returns:
        Up to 2,000 columns: the cells of as many rows as the cap allows. Wider: `nonzero` and `sum` of each row. Of a
        large matrix that is not kept by rows: the number of rows alone.
    """
    if features.ndim == 1:
        features = features.reshape((1, -1))
    rows, width = features.shape
    if features.format != "csr":
        if features.nnz > _SPARSE_STORED:
            return counted(rows, limits)
        features = features.tocsr()
    cells = 2 if width > MAX_FEATURES else max(width, 1)
    kept = sample(rows, 1, Limits(min(limits.rows, _SPARSE_CELLS // cells), limits.size // (8 * cells)))
    chosen = features[kept] if kept else features
    captured = of_array(chosen.toarray(), limits) if width <= MAX_FEATURES else _described(chosen, limits)
    return captured._replace(kept=kept, sampled_from=rows) if kept else captured


def of_tensor(features: Any, limits: Limits) -> Captured:
    """A tensor of one dimension (one row) or two. One on a device is copied there, and fetched in the background."""
    features = features.detach()
    if features.ndim != 2:
        features = _as_row(features)
    if features.device.type == "cpu":
        return of_array(host(features), limits)
    rows, width = features.shape
    kept = sample(rows, width * 8, limits)
    ours = (features[kept] if kept else features)[:, :MAX_FEATURES].clone()
    left, total = (len(kept), rows) if kept else (rows, 0)
    size = 8 * left * min(width, MAX_FEATURES)
    return Captured("tensor", None, ours, left, size, kept, max(width - MAX_FEATURES, 0), total)


def host(tensor: Any) -> Any:
    """The numpy array of a tensor; of one on a device this waits, so only the background thread asks for it."""
    tensor = tensor.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":  # numpy has none
        tensor = tensor.float()
    return tensor.numpy()


def _as_row(features: Any) -> Any:
    if features.ndim > 2:
        raise Unsupported(f"an array of {features.ndim} dimensions is neither a row (1) nor a table (2)")
    return features.reshape(1, -1)


def _described(rows: Any, limits: Limits) -> Captured:
    stored = sys.modules["numpy"].diff(rows.indptr)
    total = sys.modules["numpy"].asarray(rows.sum(axis=1)).reshape(-1)
    return of_columns(("nonzero", "sum"), (stored, total), limits)
