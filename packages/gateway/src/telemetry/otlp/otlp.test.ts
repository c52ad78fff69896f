import { expect, it } from "vitest";
import { telemetry } from "@parley/contract/config/telemetry";
import { callerTrace } from "./caller-trace.ts";
import { counted, record, type Sent, startCollector } from "./collector-under-test.ts";

it("sends a call's span and its model's, named by the conventions, and metrics", async () => {
  await using under = await startCollector();
  under.exporter.ended(record, { parentSpanId: "ef".repeat(8), isSampled: true });
  await under.exporter.close();
  expect(under.sent.map(({ path }) => path)).toEqual(["/v1/traces", "/v1/metrics"]);
  expect(under.sent[0]?.headers["x-api-key"]).toBe("secret");
  const [resource] = (under.sent[0] as Sent).body["resourceSpans"] as unknown as [{ scopeSpans: [{ spans: Record<string, never>[] }] }];
  const [server, model] = resource.scopeSpans[0].spans;
  expect(server).toMatchObject({ traceId: "ab".repeat(16), spanId: "cd".repeat(8), parentSpanId: "ef".repeat(8), kind: 2, name: "POST ai", startTimeUnixNano: "1700000000000500000", endTimeUnixNano: "1700000000250500000" });
  expect(model).toMatchObject({ parentSpanId: "cd".repeat(8), kind: 3, name: "chat assistant" });
  expect(model?.["spanId"]).toMatch(/^[0-9a-f]{16}$/);
  const attributes = Object.fromEntries(((model as Record<string, never>)["attributes"] as unknown as { key: string; value: object }[]).map(({ key, value }) => [key, Object.values(value)[0] as unknown]));
  expect(attributes).toMatchObject({
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "gcp.gemini", "gen_ai.request.model": "assistant", "gen_ai.response.model": "gemini-2.5-pro",
    "gen_ai.usage.input_tokens": "12", "gen_ai.usage.output_tokens": "5", "parley.cost.usd": 0.000_5,
  });
  expect(JSON.stringify(under.sent[1]?.body)).toContain("gen_ai.client.token.usage");
});

it("keeps what a collector cannot take now, within a bound, and never makes a call wait", async () => {
  await using under = await startCollector(503);
  for (let call = 0; call < 10; call++) under.exporter.ended({ ...record, id: `call-${call}` }, null);
  await under.exporter.flush();
  expect([counted(under.exporter, { signal: "spans", reason: "unavailable" }), under.warnings.length]).toEqual([0, 1]);
  for (let call = 0; call < 5000; call++) under.exporter.ended({ ...record, kind: "http", id: `more-${call}` }, null);
  const dropped = counted(under.exporter, { signal: "spans", reason: "full" });
  expect(dropped).toBeGreaterThan(0);
  under.answer.status = 200;
  under.time.now += 60_000;
  await under.exporter.flush();
  // An AI call has two.
  expect(counted(under.exporter, { signal: "spans" }) + dropped + counted(under.exporter, { signal: "spans", reason: "unavailable" })).toBe(10 * 2 + 5000);
  const spans = under.sent.slice(1).flatMap(({ path, body }) => (path === "/v1/traces" ? (body["resourceSpans"] as unknown as [{ scopeSpans: [{ spans: object[] }] }])[0].scopeSpans[0].spans : []));
  expect(spans.length).toBeGreaterThan(4000);
  await under.exporter.close();
});

it("samples by the caller's word, and by the trace where nobody has decided", async () => {
  await using under = await startCollector();
  under.exporter.configure(telemetry.parse({ otlp: { endpoint: "http://127.0.0.1:9", sample: 0, logs: "off" } }));
  under.exporter.ended(record, null);
  await under.exporter.flush();
  expect(under.warnings).toEqual([]);
  expect(callerTrace(`00-${"ab".repeat(16)}-${"ef".repeat(8)}-01`)).toEqual({ parentSpanId: "ef".repeat(8), isSampled: true });
  expect(callerTrace(`00-${"ab".repeat(16)}-${"ef".repeat(8)}-00`)?.isSampled).toBe(false);
  expect(callerTrace("nonsense")).toBeNull();
});

interface Sink {
  resource: { attributes: { key: string; value: object }[] };
  scopeLogs: [{ scope: { name: string }; logRecords: Record<string, unknown>[] }];
}

const logsOf = (sent: Sent[]): Sink[] => sent.filter(({ path }) => path === "/v1/logs").flatMap(({ body }) => body["resourceLogs"] as unknown as Sink[]);

/** Reads the JSON encoding of a LogRecord as a collector does (opentelemetry-proto, logs/v1): unknown members and wrong types are errors. */
function decoded(log: Record<string, unknown>): { attributes: Record<string, unknown> } & Record<string, unknown> {
  const text = (value: unknown): string => (typeof value === "string" ? value : fail(value));
  const fixed64 = (value: unknown): bigint => (/^\d{1,20}$/.test(text(value)) ? BigInt(text(value)) : fail(value));
  const int32 = (value: unknown): number => (typeof value === "number" && Number.isInteger(value) ? value : fail(value));
  const hex = (digits: number) => (value: unknown): string => (new RegExp(`^[0-9a-f]{${digits}}$`).test(text(value)) ? text(value) : fail(value));
  const kinds: Record<string, (value: unknown) => unknown> = {
    stringValue: text, boolValue: (value) => (typeof value === "boolean" ? value : fail(value)), intValue: (value) => Number(BigInt(text(value))), doubleValue: (value) => (typeof value === "number" ? value : fail(value)),
    arrayValue: (value) => (value as { values: object[] }).values.map(anyValue),
  };
  const anyValue = (value: unknown): unknown => {
    const [[kind, held] = fail(value), ...rest] = Object.entries(value as object) as [string, unknown][];
    return rest.length === 0 ? (kinds[kind] ?? fail)(held) : fail(value);
  };
  const members: Record<string, (value: unknown) => unknown> = {
    timeUnixNano: fixed64, observedTimeUnixNano: fixed64, severityNumber: int32, severityText: text, eventName: text, body: anyValue, flags: int32, traceId: hex(32), spanId: hex(16),
    attributes: (value) => Object.fromEntries((value as { key: string; value: object }[]).map((attribute) => [text(attribute.key), anyValue(attribute.value)])),
  };
  return Object.fromEntries(Object.entries(log).map(([name, value]) => [name, (members[name] ?? fail)(value)])) as ReturnType<typeof decoded>;
}

function fail(value: unknown): never {
  throw new Error(`no collector reads ${JSON.stringify(value)}`);
}

it("sends a call's record as a log record that a collector reads, with its severity, its trace and no content", async () => {
  await using under = await startCollector();
  under.configure();
  under.exporter.ended({ ...record, guardrails: ["privacy input redact email"], stream: true }, { parentSpanId: "ef".repeat(8), isSampled: true });
  under.exporter.ended({ ...record, kind: "http", status: 409, cause: "lost-update", error: "precondition-failed", errorDetail: "somebody was first" }, { parentSpanId: "ef".repeat(8), isSampled: false });
  under.exporter.ended({ ...record, kind: "http", status: 502, error: "upstream-unreachable" }, null);
  await under.exporter.close();
  const [sink, ...others] = logsOf(under.sent);
  expect([others, sink?.scopeLogs[0].scope.name]).toEqual([[], "parley"]);
  expect(sink?.resource.attributes).toContainEqual({ key: "service.name", value: { stringValue: "parley" } });
  const [well, refused, failed] = (sink as Sink).scopeLogs[0].logRecords.map(decoded);
  expect(well).toMatchObject({
    timeUnixNano: 1_700_000_000_250_500_000n, observedTimeUnixNano: 1_700_000_001_000_000_000n, severityNumber: 9, severityText: "INFO", eventName: "parley.call", body: "POST /v1/chat/completions 200 250 ms",
    traceId: "ab".repeat(16), spanId: "cd".repeat(8), flags: 1,
    attributes: { "http.response.status_code": 200, "gen_ai.provider.name": "gcp.gemini", "gen_ai.usage.input_tokens": 12, "parley.cost.usd": 0.000_5, "parley.consumer": "acme", "parley.guardrails": ["privacy input redact email"], "parley.stream": true },
  });
  expect(refused).toMatchObject({ severityText: "WARN", flags: 0, attributes: { "parley.conflict.cause": "lost-update", "error.message": "somebody was first" } });
  expect(failed).toMatchObject({ severityNumber: 17, severityText: "ERROR" });
});

it("sends log records of problems only where that is wanted, and none to a collector that knows no logs", async () => {
  await using under = await startCollector();
  under.configure({ logs: "problems" });
  under.exporter.ended(record, null);
  under.exporter.ended({ ...record, status: 429, error: "rate-limited" }, null);
  await under.exporter.flush();
  expect(logsOf(under.sent).flatMap(({ scopeLogs }) => scopeLogs[0].logRecords)).toHaveLength(1);
  under.configure();
  under.answer.status = 404;
  for (let round = 0; round < 3; round++) {
    under.exporter.ended(record, null);
    await under.exporter.flush();
  }
  expect(under.sent.filter(({ path }) => path === "/v1/logs")).toHaveLength(2);
  expect([under.reasons.length, new Set(under.reasons)]).toEqual([2, new Set(["it answered 404 to /v1/logs", "it answered 404 to /v1/traces"])]);
  expect([counted(under.exporter, { signal: "logs" }), counted(under.exporter, { signal: "logs", reason: "unsupported" })]).toEqual([1, 1]);
});

it("counts what a collector refuses for good, metrics as well, and what waited when exporting was switched off", async () => {
  await using under = await startCollector(400);
  under.configure();
  under.exporter.ended({ ...record, kind: "http" }, null);
  await under.exporter.close();
  expect(["spans", "metrics", "logs"].map((signal) => counted(under.exporter, { signal, reason: "refused" }) > 0)).toEqual([true, true, true]);
  under.exporter.ended({ ...record, kind: "http" }, null);
  under.exporter.configure(null);
  expect(["spans", "metrics", "logs"].map((signal) => counted(under.exporter, { signal, reason: "switched-off" }))).toEqual([1, 0, 1]);
});

it("keeps log records for a collector that is away, within a bound", async () => {
  await using under = await startCollector(503);
  under.configure();
  for (let call = 0; call < 5000; call++) under.exporter.ended({ ...record, id: `call-${call}` }, { parentSpanId: "ef".repeat(8), isSampled: false });
  await under.exporter.flush();
  const dropped = (): number => ["full", "unavailable"].reduce((sum, reason) => sum + counted(under.exporter, { signal: "logs", reason }), 0);
  expect(dropped()).toBeGreaterThanOrEqual(5000 - 4096);
  under.answer.status = 200;
  under.time.now += 60_000;
  const before = under.sent.length;
  await under.exporter.flush();
  const kept = logsOf(under.sent.slice(before)).flatMap(({ scopeLogs }) => scopeLogs[0].logRecords);
  expect(kept.length).toBeGreaterThan(3000);
  expect(kept.length + dropped()).toBe(5000);
  expect(counted(under.exporter, { signal: "logs" })).toBe(kept.length);
});

it("names what the conventions require of a request, and counts words of callers as one method", async () => {
  await using under = await startCollector();
  under.exporter.ended({ ...record, kind: "http", method: "FROB", host: "[::1]:8443", status: 502, error: "upstream-unreachable", durationMs: 3 }, null);
  under.exporter.ended({ ...record, kind: "http", host: "api.example.com", durationMs: 3 }, null);
  await under.exporter.close();
  const attributesOf = (of: object): Record<string, unknown> => Object.fromEntries((of as { attributes: { key: string; value: object }[] }).attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]));
  const [resource] = (under.sent.find(({ path }) => path === "/v1/traces") as Sent).body["resourceSpans"] as unknown as [{ scopeSpans: [{ spans: object[] }] }];
  const [odd, plain] = resource.scopeSpans[0].spans.map(attributesOf);
  expect(odd).toMatchObject({ "http.request.method": "_OTHER", "http.request.method_original": "FROB", "url.scheme": "https", "server.address": "::1", "server.port": "8443" });
  expect(plain).toMatchObject({ "http.request.method": "POST", "server.address": "api.example.com" });
  expect(plain).not.toHaveProperty("server.port");
  const [measured] = (under.sent.find(({ path }) => path === "/v1/metrics") as Sent).body["resourceMetrics"] as unknown as [{ scopeMetrics: [{ metrics: { histogram: { dataPoints: { explicitBounds: number[]; bucketCounts: string[] }[] } }[] }] }];
  const [point] = measured.scopeMetrics[0].metrics[0]?.histogram.dataPoints ?? [];
  expect(attributesOf(point as object)).toMatchObject({ "http.request.method": "_OTHER", "url.scheme": "https", "error.type": "upstream-unreachable" });
  expect([point?.explicitBounds[0], point?.bucketCounts[0]]).toEqual([0.005, "1"]);
});

it("sends nothing, and no header of the collector's, to where a collector leads on to", async () => {
  await using elsewhere = await startCollector();
  await using under = await startCollector(307);
  under.answer.headers = { location: `${elsewhere.url}/v1/traces` };
  under.exporter.ended(record, { parentSpanId: "ef".repeat(8), isSampled: true });
  await under.exporter.close();
  expect(under.sent.length).toBeGreaterThan(0);
  expect([elsewhere.sent, new Set(under.warnings)]).toEqual([[], new Set(["the OTLP collector does not take what is sent"])]);
});
