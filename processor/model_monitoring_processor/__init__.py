"""The processor: OTLP in; drift, performance and data quality out."""
