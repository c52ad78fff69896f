import { expect, it } from "vitest";
import type { CallRecord } from "@parley/contract/call-record";
import { telemetry } from "@parley/contract/config/telemetry";
import { startUpstream } from "../../main/upstream-under-test.ts";
import { callerTrace } from "./caller-trace.ts";
import { OtlpExporter } from "./otlp-exporter.ts";

const record: CallRecord = {
  id: "call-1", at: 1_700_000_000_000.5, worker: 0, service: "ai", kind: "ai", method: "POST", path: "/v1/chat/completions", clientAddress: "127.0.0.1", status: 200, durationMs: 250,
  requestBytes: 10, responseBytes: 20, attempts: 1, consumer: "acme", traceId: "ab".repeat(16), spanId: "cd".repeat(8), provider: "gemini", modelRequested: "assistant", model: "gemini-2.5-pro",
  inputTokens: 12, outputTokens: 5, costUsd: 0.000_5, finishReason: "stop",
};

interface Sent {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, never>;
}

async function start(status = 200) {
  const sent: Sent[] = [];
  const answer = { status };
  const collector = await startUpstream((request, response, body) => {
    sent.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(body) as Sent["body"] });
    response.writeHead(answer.status).end("{}");
  });
  const warnings: string[] = [];
  const exporter = new OtlpExporter({ worker: 0, fetch, now: () => 1_700_000_001_000, warn: (message) => warnings.push(message) });
  exporter.configure(telemetry.parse({ otlp: { endpoint: collector.url, headers: { "x-api-key": "secret" } } }));
  return { sent, answer, exporter, warnings, [Symbol.asyncDispose]: () => collector.close() };
}

it("sends a call's span and its model's, named by the conventions, and metrics", async () => {
  await using under = await start();
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
  await using under = await start(503);
  for (let call = 0; call < 10; call++) under.exporter.ended({ ...record, id: `call-${call}` }, null);
  await under.exporter.flushSpans();
  expect([under.exporter.dropped, under.warnings.length]).toEqual([0, 1]);
  for (let call = 0; call < 5000; call++) under.exporter.ended({ ...record, kind: "http", id: `more-${call}` }, null);
  expect(under.exporter.dropped).toBeGreaterThan(0);
  under.answer.status = 200;
  await under.exporter.flushSpans();
  await under.exporter.flushSpans();
  const spans = under.sent.slice(1).flatMap(({ path, body }) => (path === "/v1/traces" ? (body["resourceSpans"] as unknown as [{ scopeSpans: [{ spans: object[] }] }])[0].scopeSpans[0].spans : []));
  expect(spans.length).toBeGreaterThan(4000);
  await under.exporter.close();
});

it("samples by the caller's word, and by the trace where nobody has decided", async () => {
  await using under = await start();
  under.exporter.configure(telemetry.parse({ otlp: { endpoint: "http://127.0.0.1:9", sample: 0 } }));
  under.exporter.ended(record, null);
  await under.exporter.flushSpans();
  expect(under.warnings).toEqual([]);
  expect(callerTrace(`00-${"ab".repeat(16)}-${"ef".repeat(8)}-01`)).toEqual({ parentSpanId: "ef".repeat(8), isSampled: true });
  expect(callerTrace(`00-${"ab".repeat(16)}-${"ef".repeat(8)}-00`)?.isSampled).toBe(false);
  expect(callerTrace("nonsense")).toBeNull();
});
