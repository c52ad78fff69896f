/** What the HTTP semantic conventions want to know of any request. */
import type { CallRecord } from "@parley/contract/call-record";
import type { AttributeValue } from "./otlp-json.ts";

const knownMethods: ReadonlySet<string> = new Set(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"]);

/** Callers may write any word, and each would be a series of its own. */
export function knownMethod(method: string): string {
  return knownMethods.has(method) ? method : "_OTHER";
}

export function ofRequest({ method, path, host }: CallRecord, scheme: string): Record<string, AttributeValue | undefined> {
  const [address, port] = parted(host);
  return {
    "http.request.method": knownMethod(method), "http.request.method_original": knownMethods.has(method) ? undefined : method,
    "url.scheme": scheme, "url.path": path, "server.address": address, "server.port": port,
  };
}

/** The port is a part of its own; an IPv6 address keeps its colons and loses its brackets. */
function parted(host: string | undefined): [address: string | undefined, port: number | undefined] {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(host ?? "");
  return match ? [match[1] ?? match[2], match[3] === undefined ? undefined : Number(match[3])] : [host, undefined];
}
