// A dozen predictions as spans, to OTEL_EXPORTER_OTLP_ENDPOINT (default: http://localhost:4318).
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const provider = new NodeTracerProvider({
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer("fraud-service");

for (let i = 0; i < 12; i++) {
  const span = tracer.startSpan("predict");
  const features = { age: 20 + i, country: ["DE", "FR"][i % 2] };
  span.setAttributes({
    "ml.model.name": "fraud-javascript",
    "ml.features": JSON.stringify(features),
    "ml.outputs": JSON.stringify({ score: i / 12 }),
  });
  span.end();
}
await provider.shutdown();
