/** A read as it goes to the service where its answer is to be kept. */
import { derivedExchange, withoutHeaders } from "../../../exchange/derived-exchange.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { KeptAnswer } from "../store/kept-answer.ts";

const ofTheCaller: ReadonlySet<string> = new Set(["if-none-match", "if-modified-since", "if-range", "range"]);

/** Asks about what is kept (RFC 9111 §4.3.1), or for the whole; the caller's own conditions are answered here. */
export function upstreamRequest(exchange: Exchange, stored: KeptAnswer | null): Exchange {
  const { rawHeaders, headers } = withoutHeaders(exchange, ofTheCaller);
  const fields = [...rawHeaders];
  const { etag, lastModified } = stored ?? { etag: null, lastModified: null };
  if (etag !== null) fields.push("If-None-Match", (headers["if-none-match"] = etag));
  if (lastModified !== null) fields.push("If-Modified-Since", (headers["if-modified-since"] = lastModified));
  return derivedExchange(exchange, { method: "GET", rawHeaders: fields, headers });
}
