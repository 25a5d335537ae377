"""The telemetry vocabulary: every name this project puts on the wire is declared here, once.

The SDK, the processor, `docs/semconv.md`, `docs/metrics.md`, dashboards and alerts derive from this module or
are checked against it. It is data only and imports nothing heavy: a serving process loads it.

The namespace `ml` is free in the OpenTelemetry semantic conventions (1.44); their issue 3420 asks for it.
"""

from typing import Final, Literal, NamedTuple

SCOPE: Final = "model_monitoring"
"""The one instrumentation scope of everything we emit. The library monitored is an attribute, not a scope."""

SCHEMA_VERSION: Final = "1"
"""Version of the wire format of the packed events (`ml.wire.version`)."""


class Attribute(NamedTuple):
    """One attribute: its name, its type on the wire and what it says."""

    name: str
    type: str
    brief: str


class Event(NamedTuple):
    """One event (an OTLP LogRecord with an event name and an empty body) and the attributes it carries."""

    name: str
    brief: str
    required: tuple[str, ...]
    optional: tuple[str, ...]


class Metric(NamedTuple):
    """One instrument: kind, unit (UCUM, never in the name), description and the attributes of its points.

    Unit rules (they keep the Collector's and the Python exporter's Prometheus names equal): `1` only where the
    name ends in `.ratio`; `{score}` on scores; none on p-values, q-values and flags.
    """

    name: str
    kind: Literal["counter", "histogram", "gauge"]
    unit: str
    brief: str
    attributes: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


# --- attributes -------------------------------------------------------------------------------------------------
MODEL_NAME: Final = "ml.model.name"
MODEL_VERSION: Final = "ml.model.version"
ENVIRONMENT: Final = "deployment.environment.name"
FRAMEWORK: Final = "ml.framework.name"
OPERATION: Final = "ml.operation.name"
TASK_TYPE: Final = "ml.task.type"
PREDICTION_ID: Final = "ml.prediction.id"
PREDICTION_IDS: Final = "ml.prediction.ids"
PREDICTION_TRACE_IDS: Final = "ml.prediction.trace_ids"
FEATURE_PREFIX: Final = "ml.feature."
PREDICTION_VALUE: Final = "ml.prediction.value"
PREDICTION_SCORE: Final = "ml.prediction.score"
PREDICTION_CLASS: Final = "ml.prediction.class"
PREDICTION_PROBABILITIES: Final = "ml.prediction.probabilities"
FEATURES: Final = "ml.features"
OUTPUTS: Final = "ml.outputs"
LABELS: Final = "ml.labels"
SEGMENTS: Final = "ml.segments"
SCHEMA_HASH: Final = "ml.feature.schema_hash"
WIRE_VERSION: Final = "ml.wire.version"
BATCH_ID: Final = "ml.batch.id"
ROW_COUNT: Final = "ml.batch.row_count"
TIMESTAMPS: Final = "ml.batch.timestamps"
LATENCIES: Final = "ml.batch.latencies"
WEIGHTS: Final = "ml.batch.weights"
SPAN_CONTEXTS: Final = "ml.batch.span_contexts"
FEATURE_NAME: Final = "ml.feature.name"
DRIFT_METHOD: Final = "ml.drift.method"
PERFORMANCE_METRIC: Final = "ml.performance.metric"
WINDOW: Final = "ml.window"
SEGMENT: Final = "ml.segment"
VERDICT: Final = "ml.verdict"
REASON: Final = "reason"
ERROR_TYPE: Final = "error.type"
SIGNAL: Final = "signal"
MODEL_INFO_ATTRIBUTES: Final = ("ml.model.owner", "ml.model.team", "ml.model.tier", "ml.model.purpose",
                                "ml.model.runbook_url", "ml.model.timezone")  # fmt: skip

_COLUMN_MAP = "map of packed columns"

ATTRIBUTES: Final = (
    Attribute(MODEL_NAME, "string", "Name of the model, stable over its versions."),
    Attribute(MODEL_VERSION, "string", "Version of the model that made the prediction."),
    Attribute(ENVIRONMENT, "string", "Where it runs (`production`, `staging`); part of a model's identity."),
    Attribute(FRAMEWORK, "string", "Library that made the prediction (`sklearn`, `xgboost`, `torch`)."),
    Attribute(OPERATION, "string", "The method that was called (`predict`, `predict_proba`)."),
    Attribute(TASK_TYPE, "string", "`binary`, `multiclass` or `regression`."),
    Attribute(PREDICTION_ID, "string", "Id of a single prediction; what a label that comes later refers to."),
    Attribute(
        PREDICTION_IDS,
        "bytes or string[]",
        "Ids of the rows of a batch: 16 bytes each where the SDK made them (UUIDv7), else the caller's strings.",
    ),
    Attribute(
        PREDICTION_TRACE_IDS,
        "bytes",
        "In place of `ml.prediction.ids` on labels: 16 bytes each, the trace in which the prediction was made.",
    ),
    Attribute(FEATURE_PREFIX + "<name>", "scalar", "One feature of a single-row prediction, on spans only."),
    Attribute(PREDICTION_VALUE, "double", "Predicted value (regression), on spans only."),
    Attribute(PREDICTION_SCORE, "double", "Score of the positive class (binary), on spans only."),
    Attribute(PREDICTION_CLASS, "string", "Predicted class, on spans only."),
    Attribute(PREDICTION_PROBABILITIES, "double[]", "Probabilities of the classes, on spans only."),
    Attribute(FEATURES, _COLUMN_MAP, "The features of a batch, by name."),
    Attribute(
        OUTPUTS,
        _COLUMN_MAP,
        "The outputs of a batch: `value`, `score`, `class`, `probability.<class>`, `value.<i>` for several outputs.",
    ),
    Attribute(LABELS, "packed column", "True outcomes, one for each of `ml.prediction.ids`."),
    Attribute(SEGMENTS, _COLUMN_MAP, "Values by which results may be sliced, by name."),
    Attribute(SCHEMA_HASH, "string", "Hash of the names and kinds of the feature columns, in order."),
    Attribute(WIRE_VERSION, "string", "Version of the packed format; a reader refuses one that it does not know."),
    Attribute(BATCH_ID, "string", "Unique id of this event: a batch that is delivered twice counts once."),
    Attribute(ROW_COUNT, "int", "Rows in this event."),
    Attribute(TIMESTAMPS, "bytes", "Event time of each row: int64, little-endian, unix nanoseconds."),
    Attribute(LATENCIES, "bytes", "Duration of the call that made each row: float32, little-endian, seconds."),
    Attribute(WEIGHTS, "bytes", "Rows that each row stands for: float64, little-endian. Absent: 1 each."),
    Attribute(SPAN_CONTEXTS, "bytes", "Trace id and span id of each row: 24 bytes, zeros where there is none."),
    Attribute(FEATURE_NAME, "string", "The feature (or `prediction.score`, ...) that a result speaks of."),
    Attribute(
        DRIFT_METHOD,
        "string",
        "Statistic of a drift score (`ks`, `psi`, `js`, `tvd`), or the configured test of a threshold.",
    ),
    Attribute(PERFORMANCE_METRIC, "string", "`accuracy`, `precision`, `recall`, ..."),
    Attribute(WINDOW, "string", "Length of the window of a result (`1h`, `1d`, `month`)."),
    Attribute(SEGMENT, "string", "Slice of the traffic that a result speaks of; absent: all of it."),
    Attribute(VERDICT, "string", "`ok`, `exceeded`, `drifted`, `insufficient_data` or `no_reference`."),
    Attribute(REASON, "string", "Why something was rejected or dropped; a closed list."),
    Attribute(SIGNAL, "string", "OTLP signal: `logs`, `traces`, `metrics`."),
    Attribute(ERROR_TYPE, "string", "Class of the exception that a failed prediction raised."),
    Attribute("ml.model.owner", "string", "Who answers for the model."),
    Attribute("ml.model.team", "string", "The team that is alerted."),
    Attribute("ml.model.tier", "string", "How much depends on the model."),
    Attribute("ml.model.purpose", "string", "What the model is for."),
    Attribute("ml.model.runbook_url", "string", "What to do when it alerts."),
    Attribute("ml.model.timezone", "string", "Time zone of the model's calendar windows."),
)

# --- events -----------------------------------------------------------------------------------------------------
PREDICTION_BATCH: Final = "ml.prediction.batch"
LABEL_BATCH: Final = "ml.label.batch"

EVENTS: Final = (
    Event(
        PREDICTION_BATCH, "Rows that one model predicted: features, outputs, times; packed columns.",
        (WIRE_VERSION, MODEL_NAME, BATCH_ID, ROW_COUNT, TIMESTAMPS, PREDICTION_IDS, FEATURES, OUTPUTS, SCHEMA_HASH),
        (MODEL_VERSION, ENVIRONMENT, FRAMEWORK, OPERATION, TASK_TYPE, LATENCIES, WEIGHTS, SPAN_CONTEXTS, SEGMENTS),
    ),
    Event(
        LABEL_BATCH,
        "True outcomes of earlier predictions, by prediction id or trace id; any time later, from any process.",
        (WIRE_VERSION, BATCH_ID, ROW_COUNT, TIMESTAMPS, LABELS),
        (PREDICTION_IDS, PREDICTION_TRACE_IDS, MODEL_NAME, ENVIRONMENT),
    ),
)  # fmt: skip

SPAN_NAME: Final = "predict"
"""Spans are named `predict {ml.model.name}`; kind INTERNAL."""

# --- metrics ----------------------------------------------------------------------------------------------------
_MODEL = (MODEL_NAME, MODEL_VERSION, ENVIRONMENT)
_RESULT = (*_MODEL, WINDOW)
_BY_FEATURE = (*_RESULT, FEATURE_NAME)

LATENCY_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds. An edge lies at exactly 0.2, the usual latency objective."""

# from the SDK
INFERENCE_DURATION: Final = Metric(
    "ml.inference.duration", "histogram", "s", "Duration of prediction calls; `error.type` is set on failures.",
    (*_MODEL, OPERATION, FRAMEWORK, ERROR_TYPE), LATENCY_BUCKETS)  # fmt: skip
INFERENCE_ROWS: Final = Metric(
    "ml.inference.rows",
    "counter",
    "{row}",
    "Rows predicted, captured or not.",
    (*_MODEL, OPERATION, FRAMEWORK),
)
SDK_ROWS_CAPTURED: Final = Metric(
    "ml.sdk.rows.captured", "counter", "{row}", "Rows delivered: accepted by the OTLP endpoint.", _MODEL
)
DROP_REASONS: Final = (
    "ring_full", "queue_full", "too_large", "refused", "exporter_none", "internal_error", "missing",
    "length_mismatch",
)  # fmt: skip
"""Why the SDK did not deliver a row or a label; `missing` and `length_mismatch` are of labels alone."""

SDK_ROWS_DROPPED: Final = Metric(
    "ml.sdk.rows.dropped", "counter", "{row}", "Rows that were not delivered, by reason.", (*_MODEL, REASON)
)
EXCLUDE_REASONS: Final = ("suppressed", "model", "route", "attribute")
"""Why a row was kept out of the statistics on purpose; such a row is neither produced nor dropped."""

SDK_ROWS_EXCLUDED: Final = Metric(
    "ml.sdk.rows.excluded",
    "counter",
    "{row}",
    "Rows kept out on purpose (probes, warm-ups, load tests), by reason.",
    (*_MODEL, REASON),
)
SDK_LABELS_CAPTURED: Final = Metric("ml.sdk.labels.captured", "counter", "{label}", "Labels delivered.", (MODEL_NAME,))
SDK_LABELS_DROPPED: Final = Metric(
    "ml.sdk.labels.dropped", "counter", "{label}", "Labels that were not delivered, by reason.", (MODEL_NAME, REASON)
)
SDK_ERRORS: Final = Metric(
    "ml.sdk.errors",
    "counter",
    "{error}",
    "Errors of the monitoring itself, kept from the host.",
    (ERROR_TYPE,),
)

# results, from the processor
DRIFT_SCORE: Final = Metric(
    "ml.feature.drift.score",
    "gauge",
    "{score}",
    "Distance of a feature from its reference.",
    (*_BY_FEATURE, DRIFT_METHOD),
)
DRIFT_THRESHOLD: Final = Metric(
    "ml.feature.drift.threshold",
    "gauge",
    "{score}",
    "Threshold configured for the feature's method.",
    (*_BY_FEATURE, DRIFT_METHOD),
)
DRIFT_P_VALUE: Final = Metric(
    "ml.feature.drift.p_value",
    "gauge",
    "",
    "p-value of the feature's test against the reference.",
    _BY_FEATURE,
)
DRIFT_Q_VALUE: Final = Metric(
    "ml.feature.drift.q_value",
    "gauge",
    "",
    "The p-value, corrected for all features (Benjamini-Hochberg).",
    _BY_FEATURE,
)
DRIFT_DETECTED: Final = Metric(
    "ml.feature.drift.detected",
    "gauge",
    "",
    "1 where the verdict is `drifted`, 0 where it is `ok` or `exceeded`.",
    _BY_FEATURE,
)
MISSING_RATIO: Final = Metric(
    "ml.feature.missing.ratio", "gauge", "1", "Share of rows in which the feature is missing.", _BY_FEATURE
)
PREDICTION_DRIFT_SCORE: Final = Metric(
    "ml.prediction.drift.score",
    "gauge",
    "{score}",
    "Distance of an output from its reference.",
    (*_BY_FEATURE, DRIFT_METHOD),
)
PREDICTION_DRIFT_THRESHOLD: Final = Metric(
    "ml.prediction.drift.threshold",
    "gauge",
    "{score}",
    "Threshold configured for predictions.",
    (*_BY_FEATURE, DRIFT_METHOD),
)
PREDICTION_DRIFT_P_VALUE: Final = Metric(
    "ml.prediction.drift.p_value",
    "gauge",
    "",
    "p-value of the output's test against the reference.",
    _BY_FEATURE,
)
PREDICTION_DRIFT_Q_VALUE: Final = Metric(
    "ml.prediction.drift.q_value", "gauge", "", "The p-value, corrected for all columns.", _BY_FEATURE
)
PREDICTION_DRIFT_DETECTED: Final = Metric(
    "ml.prediction.drift.detected", "gauge", "", "1 where the output drifted, else 0.", _BY_FEATURE
)
PERFORMANCE_SCORE: Final = Metric(
    "ml.model.performance.score",
    "gauge",
    "{score}",
    "Performance on the rows whose labels have come.",
    (*_RESULT, PERFORMANCE_METRIC),
)
PERFORMANCE_LABELS: Final = Metric(
    "ml.model.performance.labels",
    "gauge",
    "{label}",
    "Labelled rows behind the performance of the window.",
    _RESULT,
)
LABEL_COVERAGE: Final = Metric(
    "ml.label.coverage.ratio", "gauge", "1", "Share of the window's rows whose label has come.", _RESULT
)
WINDOW_ROWS: Final = Metric("ml.window.rows", "gauge", "{row}", "Rows in the newest closed window.", _RESULT)
WINDOW_END: Final = Metric(
    "ml.window.end_timestamp", "gauge", "s", "End of the newest closed window, unix time.", _RESULT
)
LAST_PREDICTION: Final = Metric(
    "ml.prediction.last_timestamp", "gauge", "s", "Event time of the newest prediction, unix time.", _MODEL
)
MODEL_INFO: Final = Metric(
    "ml.model.info",
    "gauge",
    "",
    "Always 1; who owns the model and what it is for, from the configuration.",
    (*_MODEL, *MODEL_INFO_ATTRIBUTES),
)
REFERENCE_INFO: Final = Metric(
    "ml.model.reference.rows",
    "gauge",
    "{row}",
    "Rows of the frozen reference in use; 0 without a reference.",
    _MODEL,
)

# the processor's own
ROWS_RECEIVED: Final = Metric("ml.processor.rows.received", "counter", "{row}", "Rows acknowledged and stored.", _MODEL)
ROWS_REJECTED: Final = Metric(
    "ml.processor.rows.rejected",
    "counter",
    "{row}",
    "Rows refused as bad data, by reason.",
    (*_MODEL, REASON),
)
ROWS_DUPLICATE: Final = Metric(
    "ml.processor.rows.duplicate", "counter", "{row}", "Rows delivered again and not counted again.", _MODEL
)
CELLS_INVALID: Final = Metric(
    "ml.processor.cells.invalid",
    "counter",
    "{value}",
    "Values of another type than the reference's (text in a numeric feature).",
    (*_MODEL, FEATURE_NAME),
)
CELLS_UNSEEN: Final = Metric(
    "ml.processor.cells.unseen",
    "counter",
    "{value}",
    "Values of categories that the reference never held.",
    (*_MODEL, FEATURE_NAME),
)
CELLS_UNMATCHED: Final = Metric(
    "ml.processor.cells.unmatched",
    "counter",
    "{value}",
    "Values of features that only the traffic (`unknown_column`) or only the reference (`missing_column`) has.",
    (*_MODEL, REASON),
)
LABELS_RECEIVED: Final = Metric(
    "ml.processor.labels.received",
    "counter",
    "{label}",
    "Labels acknowledged and stored.",
    (MODEL_NAME, ENVIRONMENT),
)
LABELS_REJECTED: Final = Metric(
    "ml.processor.labels.rejected",
    "counter",
    "{label}",
    "Labels refused or ignored, by reason.",
    (MODEL_NAME, ENVIRONMENT, REASON),
)
RECORDS_IGNORED: Final = Metric(
    "ml.processor.records.ignored",
    "counter",
    "{record}",
    "Spans, points and log records that carry no prediction, by reason.",
    (SIGNAL, REASON),
)
REQUESTS_FAILED: Final = Metric(
    "ml.processor.requests.failed",
    "counter",
    "{request}",
    "OTLP requests not accepted, by reason.",
    (SIGNAL, REASON),
)
QUEUE_BYTES: Final = Metric("ml.processor.queue.size", "gauge", "By", "Bytes received and not yet stored.")
COMMIT_DURATION: Final = Metric(
    "ml.processor.commit.duration",
    "histogram",
    "s",
    "Time to make one group of requests durable.",
    (),
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
EVALUATION_DURATION: Final = Metric(
    "ml.processor.evaluation.duration",
    "histogram",
    "s",
    "Time to evaluate one window of one model.",
    (),
    (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0),
)
EVALUATION_ERRORS: Final = Metric(
    "ml.processor.evaluation.errors",
    "counter",
    "{error}",
    "Evaluations that failed.",
    (MODEL_NAME, ERROR_TYPE),
)
EXPORT_OVERFLOW: Final = Metric(
    "ml.processor.series.dropped",
    "gauge",
    "{series}",
    "Result series left out because the limit was reached.",
)
CONFIG_RELOADS: Final = Metric(
    "ml.processor.config.reloads",
    "counter",
    "{reload}",
    "Reloads of the configuration, by outcome.",
    (REASON,),
)

SDK_METRICS: Final = (
    INFERENCE_DURATION, INFERENCE_ROWS, SDK_ROWS_CAPTURED, SDK_ROWS_DROPPED, SDK_ROWS_EXCLUDED,
    SDK_LABELS_CAPTURED, SDK_LABELS_DROPPED, SDK_ERRORS,
)  # fmt: skip
RESULT_METRICS: Final = (
    DRIFT_SCORE, DRIFT_THRESHOLD, DRIFT_P_VALUE, DRIFT_Q_VALUE, DRIFT_DETECTED, MISSING_RATIO,
    PREDICTION_DRIFT_SCORE, PREDICTION_DRIFT_THRESHOLD, PREDICTION_DRIFT_P_VALUE, PREDICTION_DRIFT_Q_VALUE,
    PREDICTION_DRIFT_DETECTED, PERFORMANCE_SCORE, PERFORMANCE_LABELS, LABEL_COVERAGE, WINDOW_ROWS, WINDOW_END,
    LAST_PREDICTION, MODEL_INFO, REFERENCE_INFO,
)  # fmt: skip
PROCESSOR_METRICS: Final = (
    ROWS_RECEIVED, ROWS_REJECTED, ROWS_DUPLICATE, CELLS_INVALID, CELLS_UNSEEN, CELLS_UNMATCHED,
    LABELS_RECEIVED, LABELS_REJECTED,
    RECORDS_IGNORED, REQUESTS_FAILED, QUEUE_BYTES, COMMIT_DURATION, EVALUATION_DURATION, EVALUATION_ERRORS,
    EXPORT_OVERFLOW, CONFIG_RELOADS,
)  # fmt: skip
METRICS: Final = (*SDK_METRICS, *RESULT_METRICS, *PROCESSOR_METRICS)
