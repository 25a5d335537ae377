// A dozen predictions as spans, to OTEL_EXPORTER_OTLP_ENDPOINT (default: http://localhost:4318).
package main

import (
	"context"
	"log"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		log.Fatal(err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter))
	tracer := provider.Tracer("fraud-service")
	for i := range 12 {
		_, span := tracer.Start(ctx, "predict")
		age, country := 20+i, []string{"DE", "FR"}[i%2]
		span.SetAttributes(
			attribute.String("ml.model.name", "fraud-go"),
			attribute.Int("ml.feature.age", age),
			attribute.String("ml.feature.country", country),
			attribute.Float64("ml.prediction.score", float64(i)/12),
		)
		span.End()
	}
	if err := provider.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
}
