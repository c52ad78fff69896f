/** Problem details (RFC 9457) as every error of the program carries them. */
import type { ProblemCode } from "./table.ts";

export interface Problem {
  /** Address of the page that explains the code. */
  type: string;
  title: string;
  status: number;
  /** What happened this time. Never a secret, never another consumer's data. */
  detail: string;
  /** Address where this occurrence can be seen, when there is one. */
  instance?: string;
  code: ProblemCode;
  /** What to do about it. */
  fix: string;
  /** The id of the call, as in the Parley-Call-Id header. */
  callId?: string;
  [extension: string]: unknown;
}

/** An expected refusal: a value, not an exception. The one place that answers it turns it into a `Problem`. */
export interface Refusal {
  code: ProblemCode;
  detail: string;
  /** Replaces the table's advice where this occurrence allows a better one. */
  fix?: string;
  /** Replaces the table's status (a relayed provider error, say). */
  status?: number;
  /** Members added to the problem document. */
  extensions?: Record<string, unknown>;
  /** Header fields added to the answer, such as Retry-After. */
  headers?: Record<string, string>;
}

/** Where the gateway tells about the versions of a service. */
export const versionsPath = "/.well-known/parley/versions/";

/** Where the gateway shows the documents of services to those who may call them. */
export const servicesPath = "/.well-known/parley/services/";

/** `Link` (RFC 8631) to what tells how a service is called; `version` where it has several. */
export function serviceLink(service: string, version?: string): string {
  const place = `${servicesPath}${service}${version === undefined ? "" : `/${version}`}`;
  return `<${place}${version === undefined ? "/" : ""}>; rel="service-doc"; type="text/html", <${place}/openapi.json>; rel="service-desc"; type="application/json"`;
}

export const problemPath = "/.well-known/parley/problems/";
