"""Ready-made mappings: what `preset:` stands for, in the words of the configuration."""

from typing import Any, Final, Literal, TypeAlias

from model_monitoring import semconv

__all__ = ["PRESETS", "Preset"]

Preset: TypeAlias = Literal["flat", "json", "kserve_v2"]

_IDENTITY: Final[dict[str, Any]] = {
    "match": {"attributes": {semconv.MODEL_NAME: "*"}},
    "model": {"attribute": semconv.MODEL_NAME},
    "version": {"attribute": semconv.MODEL_VERSION},
    "environment": {"attribute": semconv.ENVIRONMENT},
    "id": semconv.PREDICTION_ID,
}

PRESETS: Final[dict[str, dict[str, Any]]] = {
    "flat": _IDENTITY
    | {
        "features": {"prefix": semconv.FEATURE_PREFIX},
        "outputs": {
            "score": semconv.PREDICTION_SCORE,
            "class": semconv.PREDICTION_CLASS,
            "value": semconv.PREDICTION_VALUE,
        },
    },
    "json": _IDENTITY | {"features": {"json": semconv.FEATURES}, "outputs": {"json": semconv.OUTPUTS}},
    # A KServe v2 response says which model made it (`$...`). The attributes are those of the Elastic Common Schema,
    # which the semantic conventions take over: they have none for bodies yet.
    "kserve_v2": {
        "match": {"attributes": {"http.response.body.content": "*"}},
        "model": {"attribute": "$model_name"},
        "version": {"attribute": "$model_version"},
        "environment": {"attribute": semconv.ENVIRONMENT},
        "id": "$id",
        "features": {"kserve_v2": "http.request.body.content"},
        "outputs": {"kserve_v2": "http.response.body.content"},
    },
}
