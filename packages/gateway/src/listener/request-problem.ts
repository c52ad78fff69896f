/** Hot path (benchmarks: http). What node:http lets through and RFC 9112 does not. */
import type { IncomingMessage } from "node:http";
import type { Refusal } from "@parley/contract/problems/problem";
import { isValidHost } from "../exchange/host.ts";

/** RFC 9112 §3.2: exactly one Host field of valid syntax, from HTTP/1.1 on. RFC 9110 §10.1.1: no other expectation than 100-continue. */
export function requestProblem(request: IncomingMessage): Refusal | null {
  const { headers, rawHeaders } = request;
  const host = headers.host;
  if (host === undefined) return request.httpVersionMinor === 0 && request.httpVersionMajor === 1 ? null : noHost;
  if (!isValidHost(host)) return badHost;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === "host" && ++hosts > 1) return severalHosts;
  }
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== "100-continue") return unknownExpectation;
  return null;
}

const noHost: Refusal = { code: "malformed-request", detail: "The request has no Host field." };
const badHost: Refusal = { code: "malformed-request", detail: "The Host field is not a host and port." };
const severalHosts: Refusal = { code: "malformed-request", detail: "The request has more than one Host field." };
const unknownExpectation: Refusal = { code: "malformed-request", status: 417, detail: "The Expect field asks for something else than 100-continue." };
