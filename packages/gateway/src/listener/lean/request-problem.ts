/** Hot path (benchmarks: http). What is a request in form and breaks a rule all the same; it is answered as a call. */
import type { Refusal } from "@parley/contract/problems/problem";
import { isValidHost } from "../../exchange/host.ts";
import { repeatedField } from "../repeated-field.ts";
import { noTrace, noTunnels } from "./request-faults.ts";
import type { InboundHead } from "./request-head.ts";

/** RFC 9112 §3.2: exactly one Host field of valid syntax, from HTTP/1.1 on. RFC 9110 §10.1.1: no other expectation than 100-continue. */
export function requestProblem({ method, headers, hosts, repeated, isHttp10 }: InboundHead): Refusal | null {
  if (method === "CONNECT") return noTunnels;
  if (method === "TRACE") return noTrace;
  if (repeated !== null) return repeatedField(repeated);
  const { host, expect } = headers;
  if (host === undefined) return isHttp10 ? null : noHost;
  if (!isValidHost(host)) return badHost;
  if (hosts > 1) return severalHosts;
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") return unknownExpectation;
  return null;
}

const noHost: Refusal = { code: "malformed-request", detail: "The request has no Host field." };
const badHost: Refusal = { code: "malformed-request", detail: "The Host field is not a host and port." };
const severalHosts: Refusal = { code: "malformed-request", detail: "The request has more than one Host field." };
const unknownExpectation: Refusal = { code: "malformed-request", status: 417, detail: "The Expect field asks for something else than 100-continue." };
