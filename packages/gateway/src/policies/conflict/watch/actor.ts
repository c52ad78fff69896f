/** Hot path (benchmark: observe). Who acts: the consumer, refined where one key serves many people; on an open service address and user agent, which is only probable. */
import { unescapeToken } from "@parley/merge";
import type { Exchange } from "../../../exchange/exchange.ts";

export interface Actor {
  /** What it is told apart by, and shown as. */
  name: string;
  /** Known by address and user agent only. */
  probable: boolean;
}

export type FindActor = (exchange: Exchange) => Actor;

const maxLength = 120;

/** `source` is `header:<name>`, `claim:<JSON pointer>`, or undefined. */
export function compileActor(source: string | undefined): FindActor {
  const refine = compileRefinement(source);
  return refine === null ? plainActor : (exchange) => actorOf(exchange, refine(exchange));
}

/** One for all services that say nothing about it. */
function plainActor(exchange: Exchange): Actor {
  return actorOf(exchange, null);
}

function actorOf(exchange: Exchange, detail: string | null): Actor {
  if (exchange.caller !== null) return { name: detail === null ? exchange.caller.consumer : `${exchange.caller.consumer} (${detail})`, probable: false };
  if (detail !== null) return { name: detail, probable: false };
  return { name: `${exchange.clientAddress} (${(exchange.headers["user-agent"] ?? "no user agent").slice(0, maxLength)})`, probable: true };
}

function compileRefinement(source: string | undefined): ((exchange: Exchange) => string | null) | null {
  if (source === undefined) return null;
  if (source.startsWith("header:")) {
    const name = source.slice("header:".length).toLowerCase();
    return ({ headers }) => shown(headers[name]);
  }
  const tokens = source.slice("claim:/".length).split("/").map(unescapeToken);
  return ({ headers }) => shown(claimOf(headers.authorization, tokens));
}

/** The token is the service's to verify; here it only tells people apart who share a key. */
function claimOf(authorization: string | undefined, tokens: readonly string[]): unknown {
  const payload = authorization?.split(" ").at(-1)?.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    let value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    for (const token of tokens) value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[token] : undefined;
    return value;
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string | null {
  return (typeof value === "string" && value !== "") || typeof value === "number" ? String(value).slice(0, maxLength) : null;
}
