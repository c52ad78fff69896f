// Hot path: once for each answer of a provider.
/** Which of a provider's header fields reach the caller. All others may tell of the operator's account, or are not ours to give. */
import type { DialectName } from "../conversation/content.ts";
import { rateLimitField } from "./rate-limit-fields.ts";

/** For every caller. */
const passedOn = new Set(["retry-after", "retry-after-ms", "x-should-retry"]);
/** Under one name for every caller: the provider's own id of the request. */
const requestIdNames = new Set(["x-request-id", "request-id", "x-goog-request-id", "x-amzn-requestid", "mistral-correlation-id", "x-kong-request-id"]);
/** For callers of the provider's own dialect. */
const sameDialect = /^(?:x-ratelimit-|anthropic-ratelimit-|openai-processing-ms$|openai-version$|openai-model$|x-goog-upload-(?:status|size-received|chunk-granularity)$|x-amzn-errortype$|x-amzn-bedrock-)/;

export interface ProviderFields {
  /** Name, value, …, for the caller. */
  readonly fields: string[];
  readonly requestId: string | undefined;
  readonly contentType: string;
  /** Where the provider wants an upload to go on. It is the gateway's to know. */
  readonly uploadUrl?: string;
}

/** `translated` is null for a caller of the provider's own dialect. */
export function readProviderFields(rawHeaders: readonly string[], translated: { caller: DialectName; nowMs: number } | null): ProviderFields {
  const fields: string[] = [];
  let requestId: string | undefined;
  let contentType = "";
  let uploadUrl: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = rawHeaders[index + 1] ?? "";
    if (name === "content-type") contentType = value;
    else if (name === "x-goog-upload-url") uploadUrl = value;
    else if (requestIdNames.has(name)) requestId ??= value;
    else if (passedOn.has(name) || (!translated && sameDialect.test(name))) fields.push(name, value);
    else if (translated && name.includes("ratelimit-")) fields.push(...(rateLimitField(name, value, translated) ?? []));
  }
  if (requestId !== undefined) fields.push("x-request-id", requestId);
  return { fields, requestId, contentType, ...(uploadUrl !== undefined && { uploadUrl }) };
}
