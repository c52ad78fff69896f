/**
 * Hot path (benchmarks: http). Where a caller's key may stand. Several may be sent, because the service behind us can
 * want one in a field of its own: each is a candidate, the first that is a key of ours identifies the caller.
 */
import type { Exchange } from "../../exchange/exchange.ts";

export interface PresentedKey {
  field: "x-api-key" | "x-goog-api-key" | "apikey" | "api-key" | "authorization" | "query" | "protocol";
  secret: string;
}

/** In the order in which they are tried: with the key in x-api-key, Authorization is the service's. Vendors' clients have places of their own, and `apikey` is what Kong and APISIX ask for. */
export function presentedKeys(exchange: Pick<Exchange, "headers" | "target">, isAi: boolean): PresentedKey[] {
  const { headers } = exchange;
  const keys: PresentedKey[] = [];
  const apiKey = headers["x-api-key"];
  if (typeof apiKey === "string" && apiKey !== "") keys.push({ field: "x-api-key", secret: apiKey });
  const googleKey = headers["x-goog-api-key"];
  if (typeof googleKey === "string" && googleKey !== "") keys.push({ field: "x-goog-api-key", secret: googleKey });
  const { apikey } = headers;
  if (typeof apikey === "string" && apikey !== "") keys.push({ field: "apikey", secret: apikey });
  const azureKey = isAi ? headers["api-key"] : undefined;
  if (typeof azureKey === "string" && azureKey !== "") keys.push({ field: "api-key", secret: azureKey });
  const bearer = bearerToken(headers.authorization);
  if (bearer !== null) keys.push({ field: "authorization", secret: bearer });
  const protocols = headers["sec-websocket-protocol"];
  const inProtocol = isAi && protocols !== undefined ? protocolKey(protocols) : null;
  if (inProtocol !== null) keys.push({ field: "protocol", secret: inProtocol });
  const inQuery = isAi ? queryKey(exchange.target) : null;
  if (inQuery !== null) keys.push({ field: "query", secret: inQuery });
  return keys;
}

/** The scheme's name counts in any case (RFC 9110 §11.1). */
export function bearerToken(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length < 8 || authorization.charCodeAt(6) !== 32) return null;
  if (!authorization.startsWith("Bearer") && authorization.slice(0, 6).toLowerCase() !== "bearer") return null;
  return authorization.slice(7).trim();
}

/** A browser's WebSocket has no field for a key: OpenAI's client says it as a protocol. */
function protocolKey(protocols: string): string | null {
  return /(?:^|,)\s*openai-insecure-api-key\.([^\s,]+)/.exec(protocols)?.[1] ?? null;
}

function queryKey(target: string): string | null {
  const question = target.indexOf("?");
  if (question === -1) return null;
  return new URLSearchParams(target.slice(question + 1)).get("key");
}
