/** Hot path (benchmarks: http). What is a request in form and breaks a rule all the same; it is answered as a call. */
import type { Refusal } from "@parley/contract/problems/problem";
import { isValidHost } from "../../exchange/host.ts";
import { repeatedField } from "../repeated-field.ts";
import { noTrace, noTunnels } from "./request-faults.ts";
import type { InboundHead } from "./request-head.ts";

/** RFC 9112 §3.2: exactly one Host field of valid syntax, from HTTP/1.1 on, beside a target in absolute form as well. RFC 9110 §10.1.1: no other expectation than 100-continue. */
export function requestProblem({ method, target, headers, hosts, repeated, isHttp10 }: InboundHead): Refusal | null {
  if (method === "CONNECT") return noTunnels;
  if (method === "TRACE") return noTrace;
  if (repeated !== null) return repeatedField(repeated);
  const { host, expect } = headers;
  if (hosts === 0 && !isHttp10) return noHost;
  if (host !== undefined && !isValidHost(host)) return target.startsWith("/") ? badHost : badTargetHost;
  if (hosts > 1) return severalHosts;
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") return unknownExpectation;
  return null;
}

const noHost: Refusal = { code: "malformed-request", detail: "The request has no Host field." };
const badHost: Refusal = { code: "malformed-request", detail: "The Host field is not a host and port." };
const badTargetHost: Refusal = { code: "malformed-request", detail: "The host of the request's target, or its Host field, is not a host and port." };
const severalHosts: Refusal = { code: "malformed-request", detail: "The request has more than one Host field." };
const unknownExpectation: Refusal = { code: "malformed-request", status: 417, detail: "The Expect field asks for something else than 100-continue." };
