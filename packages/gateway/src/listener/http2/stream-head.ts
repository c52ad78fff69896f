/** Hot path of HTTP/2. The fields of a stream as HTTP/1.1 has them, which everything behind the listener reads (RFC 9113 §8.3). */
import type { IncomingHttpHeaders } from "node:http";
import type { IncomingHttpHeaders as StreamHeaders } from "node:http2";
import type { Refusal } from "@parley/contract/problems/problem";
import { isValidHost } from "../../exchange/host.ts";
import type { RequestHead } from "../http-exchange.ts";
import { noTrace } from "../lean/request-faults.ts";

export interface StreamHead extends RequestHead {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
}

export function streamHead(headers: StreamHeaders, rawFields: readonly string[]): StreamHead {
  const { ":method": method, ":path": target, ":authority": authority, ":scheme": _scheme, ":protocol": _protocol, ...fields } = headers;
  const host = authority ?? headers.host;
  const rawHeaders: string[] = host === undefined ? [] : ["Host", host];
  let cookie = "";
  for (let index = 0; index < rawFields.length; index += 2) {
    const name = rawFields[index] as string;
    if (name.charCodeAt(0) === 58 || name === "host") continue;
    const value = rawFields[index + 1] as string;
    // One field again for whoever does not speak HTTP/2 (§8.2.3).
    if (name === "cookie") cookie = cookie === "" ? value : `${cookie}; ${value}`;
    else rawHeaders.push(name, value);
  }
  if (cookie !== "") rawHeaders.push("cookie", cookie);
  if (host !== undefined) fields["host"] = host;
  return { method: method ?? "", target: target ?? "", rawHeaders, headers: fields as IncomingHttpHeaders };
}

export function streamProblem(headers: StreamHeaders): Refusal | null {
  const { ":method": method, ":path": path, ":authority": authority, host, expect } = headers;
  if (method === "CONNECT" || path === undefined) return noTunnels;
  if (method === "TRACE") return noTrace;
  // HTTP/1.1 servers end the path there, and may find a dot segment before it that is none here.
  if (path.includes("#")) return fragment;
  if (authority === undefined && host === undefined) return noHost;
  if (authority !== undefined && host !== undefined && authority.toLowerCase() !== host.toLowerCase()) return twoHosts;
  if (!isValidHost(authority ?? (host as string))) return badHost;
  if (expect !== undefined && String(expect).toLowerCase() !== "100-continue") return unknownExpectation;
  return null;
}

const noTunnels: Refusal = { code: "malformed-request", status: 501, detail: "The gateway opens no tunnels in HTTP/2 (CONNECT).", fix: "Open WebSockets over HTTP/1.1, as every client can." };
const fragment: Refusal = { code: "malformed-request", detail: "The path has a fragment, which is the client's own affair (RFC 9112 §3.2)." };
const noHost: Refusal = { code: "malformed-request", detail: "The request names no authority." };
const twoHosts: Refusal = { code: "malformed-request", detail: "The Host field differs from the request's authority." };
const badHost: Refusal = { code: "malformed-request", detail: "The request's authority is not a host and port." };
const unknownExpectation: Refusal = { code: "malformed-request", status: 417, detail: "The Expect field asks for something else than 100-continue." };
