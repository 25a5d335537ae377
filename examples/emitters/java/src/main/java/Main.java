import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;

/** A dozen predictions as spans, to OTEL_EXPORTER_OTLP_ENDPOINT with OTEL_EXPORTER_OTLP_PROTOCOL (default: gRPC). */
public class Main {
  public static void main(String[] arguments) {
    try (OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.initialize().getOpenTelemetrySdk()) {
      Tracer tracer = sdk.getTracer("fraud-service");
      for (int i = 0; i < 12; i++) {
        Span span = tracer.spanBuilder("predict").startSpan();
        span.setAttribute("ml.model.name", "fraud-java");
        span.setAttribute("ml.feature.age", 20 + i);
        span.setAttribute("ml.feature.country", i % 2 == 0 ? "DE" : "FR");
        span.setAttribute("ml.prediction.score", i / 12.0);
        span.end();
      }
    }
  }
}
