import {
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { FastifyRequest } from 'fastify';
import type { App } from '../server-types.ts';

/** One span for each request, below the caller's when it tells of one. */
export function registerTracing(app: App, tracer: Tracer): void {
  const propagator = new W3CTraceContextPropagator();
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', async (request) => {
    const parent = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const { method, url: route = '' } = request.routeOptions;
    const name = `${typeof method === 'string' ? method : request.method} ${route}`.trim();
    const attributes = {
      'http.request.method': request.method,
      'http.route': route,
      'url.path': request.originalUrl.split('?', 1)[0],
      'client.address': request.ip,
      'kci.request_id': request.id,
    };
    spans.set(request, tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent));
  });
  const end = (request: FastifyRequest, status: number | undefined) => {
    const span = spans.get(request);
    const username = request.principal?.account.username;
    if (username !== undefined) span?.setAttribute('enduser.id', username);
    if (status !== undefined) span?.setAttribute('http.response.status_code', status);
    if (status === undefined || status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  };
  app.addHook('onResponse', async (request, reply) => end(request, reply.statusCode));
  app.addHook('onRequestAbort', async (request) => end(request, undefined));
}
