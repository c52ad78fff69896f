/** Hot path (benchmarks: http). The traceparent field (W3C Trace Context §3.2); later versions are read as version 00. */
export interface TraceParent {
  traceId: string;
  flags: string;
}

const traceParent = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?$/;

export function parseTraceParent(field: string | string[] | undefined): TraceParent | null {
  if (typeof field !== "string") return null;
  const match = traceParent.exec(field);
  if (!match || (field.length > 55 && field.startsWith("00"))) return null;
  return { traceId: match[1] as string, flags: match[2] as string };
}
