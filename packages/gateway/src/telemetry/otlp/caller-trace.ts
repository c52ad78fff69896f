import type { CallerTrace } from "./otlp-exporter.ts";

const traceParent = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** What a traceparent field says of its sender (W3C Trace Context §3.2); null where there is none that counts. */
export function callerTrace(field: string | string[] | undefined): CallerTrace | null {
  const match = typeof field === "string" ? traceParent.exec(field) : null;
  return match ? { parentSpanId: match[1] as string, isSampled: (Number.parseInt(match[2] as string, 16) & 1) === 1 } : null;
}
