/** Hot path. What consistent hashing keeps together, as configured: by default calls to one resource. */
import type { Upstream } from "@parley/contract/config/upstream";
import type { Exchange } from "../../exchange/exchange.ts";
import { hashText } from "./hash-ring.ts";

/** The parts of a call that can say where it belongs. */
export type Placeable = Pick<Exchange, "method" | "rest" | "headers" | "caller" | "clientAddress">;

export type HashKey = (call: Placeable) => number;

/** A call without the header, cookie or consumer belongs with its client's address. */
export function compileHashKey(hash: Upstream["hash"]): HashKey {
  switch (hash.by) {
    case "resource":
      return ({ rest }) => hashText(resourceOf(rest));
    case "header": {
      const name = hash.name.toLowerCase();
      return ({ headers, clientAddress }) => hashText(String(headers[name] ?? clientAddress));
    }
    case "cookie": {
      const { name } = hash;
      return ({ headers, clientAddress }) => hashText(cookieOf(headers.cookie, name) ?? clientAddress);
    }
    case "consumer":
      return ({ caller, clientAddress }) => hashText(caller?.consumer ?? clientAddress);
    case "address":
      return ({ clientAddress }) => hashText(clientAddress);
  }
}

/** They say nothing of one thing's state: reads, and creates, whose resource is the whole collection. */
const meetsNobody = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY", "POST"]);

/** A write to one thing goes where the others go, however many those are: elsewhere it would collide with them. */
export function hasToMeet({ method }: Pick<Placeable, "method">): boolean {
  return !meetsNobody.has(method);
}

function resourceOf(rest: string): string {
  const query = rest.indexOf("?");
  const path = query === -1 ? rest : rest.slice(0, query);
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

function cookieOf(cookies: string | undefined, name: string): string | undefined {
  if (cookies === undefined) return undefined;
  for (const pair of cookies.split(";")) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
