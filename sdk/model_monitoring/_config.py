"""Settings of the SDK, all from the environment: this table is the one list of them.

`OTEL_*` variables (endpoints, headers, protocols, intervals, resource attributes) are OpenTelemetry's own and are
read by its exporters; only those that we must look at ourselves are listed.
"""

import os
from typing import NamedTuple

__all__ = [
    "SETTINGS",
    "Setting",
    "debugging",
    "disabled",
    "endpoint",
    "exporter",
    "is_set",
    "number",
    "resource_attribute",
    "service_name",
    "text",
]


class Setting(NamedTuple):
    """One environment variable, its default and what it does."""

    name: str
    default: str
    doc: str


SETTINGS = (
    Setting("OTEL_SDK_DISABLED", "false", "`true`: the decorator returns the function as it is; nothing is recorded."),
    Setting("OTEL_SERVICE_NAME", "", "Goes before the default name of a model: `<service>.<function>`."),
    Setting(
        "OTEL_RESOURCE_ATTRIBUTES", "", "`service.name` and `deployment.environment.name` are taken from here too."
    ),
    Setting("OTEL_LOGS_EXPORTER", "otlp", "`none`: prediction and label events are dropped (and counted)."),
    Setting("OTEL_METRICS_EXPORTER", "otlp", "`none`: no MeterProvider of our own; the app's own is used in any case."),
    Setting(
        "OTEL_TRACES_EXPORTER",
        "none",
        "`otlp`: a TracerProvider of our own. Otherwise there are spans only where the app has one.",
    ),
    Setting("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "`grpc` or `http/protobuf`; also per signal."),
    Setting(
        "OTEL_EXPORTER_OTLP_ML_ENDPOINT", "", "Where prediction and label events go; default: as OpenTelemetry's logs."
    ),
    Setting("OTEL_EXPORTER_OTLP_ML_HEADERS", "", "Their headers, `name=value,...`; default: as OpenTelemetry's logs."),
    Setting("OTEL_METRIC_EXPORT_INTERVAL", "60000", "Milliseconds between exports of our own metrics."),
    Setting(
        "OTEL_INSTRUMENTATION_ML_CAPTURE_FEATURES",
        "SPAN_AND_EVENT",
        "Where feature values go: `NO_CONTENT`, `SPAN_ONLY`, `EVENT_ONLY` or `SPAN_AND_EVENT`.",
    ),
    Setting("MODEL_MONITORING_ALLOW_FEATURES", "", "`age,tenure_*`: no other column leaves, nor its name."),
    Setting(
        "MODEL_MONITORING_FEATURE_ACTIONS", "", "`email=drop,user=hash,income=round:-3,age=bucket:18|30|65`, by column."
    ),
    Setting("MODEL_MONITORING_HASH_KEY", "", "Key of the action `hash`; without one, such columns are dropped."),
    Setting("MODEL_MONITORING_EXCLUDE", "", "`route=/health*,model=warm-*,user_agent.original=locust*`: not counted."),
    Setting("MODEL_MONITORING_CONFIG", "", "A YAML or JSON file with the same five things."),
    Setting("MODEL_MONITORING_MODEL_NAME", "", "Name of the only model, or `ClassName=name,...`."),
    Setting(
        "MODEL_MONITORING_TORCH_CLASSES", "", "`Ranker,Encoder`: the only modules that count; default: the outermost."
    ),
    Setting("MODEL_MONITORING_DEBUG", "", "`console`: print to stderr what leaves, and the texts of exceptions."),
    Setting("MODEL_MONITORING_FLUSH_ON_SIGTERM", "false", "`true`: deliver before a SIGTERM takes its course."),
    Setting("MODEL_MONITORING_RING_BYTES", "67108864", "Bound of captured rows that wait for the background thread."),
    Setting(
        "MODEL_MONITORING_RING_ROWS", "262144", "The same, in rows. A single call keeps at most a quarter of both."
    ),
    Setting("MODEL_MONITORING_QUEUE_BYTES", "67108864", "Bound of encoded records that wait for the backend."),
    Setting("MODEL_MONITORING_EXIT_TIMEOUT", "2", "Seconds that the exit of the process waits for the last export."),
)
_ENDLESS = 1e12
"""More than this neither a thread can wait (in milliseconds) nor a queue hold."""
_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


def text(name: str) -> str:
    """Value of a setting; its default where it is unset or empty."""
    return os.environ.get(name, "").strip() or _DEFAULTS[name]


def is_set(name: str) -> bool:
    """Tell whether the environment says anything of a setting."""
    return bool(os.environ.get(name, "").strip())


def number(name: str) -> float:
    """A setting that is a positive, finite number; its default where it is none."""
    try:
        value = float(text(name))
    except ValueError:
        value = 0.0
    return value if 0 < value < _ENDLESS else float(_DEFAULTS[name])


def disabled() -> bool:
    """Tell whether OpenTelemetry is switched off for this process."""
    return text("OTEL_SDK_DISABLED").lower() == "true"


def exporter(signal: str) -> str:
    """How a signal (`logs`, `metrics`, `traces`) leaves: `none`, `grpc` or `http`."""
    if "otlp" not in text(f"OTEL_{signal.upper()}_EXPORTER").lower():
        return "none"
    protocol = os.environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_PROTOCOL") or text("OTEL_EXPORTER_OTLP_PROTOCOL")
    return "grpc" if protocol.strip().lower() == "grpc" else "http"


def endpoint(signal: str) -> str:
    """Where a signal (`logs`: the ML events) goes, as the environment says; empty where it says nothing."""
    names = [f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]
    if signal == "logs":
        names.insert(0, "OTEL_EXPORTER_OTLP_ML_ENDPOINT")
    return next(filter(None, (os.environ.get(name, "").strip() for name in names)), "")


def debugging() -> bool:
    """Tell whether someone wants to see, on the console, what leaves."""
    return text("MODEL_MONITORING_DEBUG").lower() == "console"


def service_name() -> str:
    """Name of the service; empty where it is not configured."""
    return text("OTEL_SERVICE_NAME") or resource_attribute("service.name")


def resource_attribute(key: str) -> str:
    """One value of OTEL_RESOURCE_ATTRIBUTES; empty where it is not set."""
    for pair in text("OTEL_RESOURCE_ATTRIBUTES").split(","):
        name, _, value = pair.partition("=")
        if name.strip() == key:
            return value.strip()
    return ""
