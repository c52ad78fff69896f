import type { CallerFraming } from "../../conversation/dialect.ts";

/** One JSON object a line. */
export const lineFraming: CallerFraming = { contentType: "application/x-ndjson", write: ({ data }) => Buffer.from(`${data}\n`) };
