import type { Tracer } from '@opentelemetry/api';

export interface TracingConfig {
  /** Part of the traces that begin here which are recorded, from 0 to 1; those that begin elsewhere say themselves. */
  ratio: number;
}

export interface Tracing {
  tracer: Tracer;
  /** Sends what has not been sent. */
  stop(): Promise<void>;
}

/**
 * Sends traces by OTLP over HTTP, to where the standard variables say. Loaded when it is wanted: what it needs takes
 * memory and time to start.
 */
export async function openTracing({ ratio }: TracingConfig, version: string): Promise<Tracing> {
  const [sdk, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const detected = resources.detectResources({ detectors: [resources.envDetector] });
  const named = resources.resourceFromAttributes({
    'service.name': 'kernelci-api',
    'service.version': version,
  });
  const provider = new sdk.TracerProvider({
    resource: named.merge(detected),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  return { tracer: provider.getTracer('kernelci-api', version), stop: () => provider.shutdown() };
}
