/** Where spans, log records and metrics are sent, besides the metrics page and the call log. */
import { z } from "zod";
import { fieldText, httpUrl } from "./names.ts";

export const telemetry = z.strictObject({
  otlp: z
    .strictObject({
      /** OTLP over HTTP, such as http://127.0.0.1:4318; /v1/traces, /v1/logs and /v1/metrics are added. */
      endpoint: httpUrl,
      /** Header fields of every export, such as an API key. */
      headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of a header field"), fieldText).default({}),
      /** Whether what is sent is zipped: less to carry, more to compute. */
      compression: z.enum(["none", "gzip"]).default("none"),
      service: z.string().min(1).max(255).default("parley"),
      /** Which share of the calls is sent as spans, unless the caller's traceparent has decided it. */
      sample: z.number().min(0).max(1).default(1),
      /** Of which calls a log record is sent: of all, of those that were refused, failed or met a conflict, of none. */
      logs: z.enum(["all", "problems", "off"]).default("all"),
    })
    .optional(),
});
export type Telemetry = z.output<typeof telemetry>;
