"""Monitoring of predictive models, OpenTelemetry-native."""
