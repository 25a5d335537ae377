"""Results out: OpenTelemetry metrics (Prometheus, OTLP), the JSON API and the live page."""
