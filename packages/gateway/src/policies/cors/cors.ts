/**
 * Hot path of services with `cors`. Which web pages of other origins may call from a browser (Fetch standard §3.2). The
 * gateway answers preflights itself, for they carry no key, and says it on every answer, refusals included, so that a page
 * can read why it was refused. What the upstream says of it is taken off: two opinions are read as none.
 */
import type { Cors } from "@parley/contract/config/rewrites";
import type { AnswerSink } from "../../exchange/answer.ts";
import { ChangedHead, dropFields } from "../../exchange/changed-head.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Policy } from "../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";

export const corsPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "cors",
  sharedAs: ({ cors }) => (cors ? JSON.stringify(cors) : ""),
  create({ cors }) {
    if (!cors) return null;
    const allowed = new Set(cors.origins);
    const exposed = [...new Set([...alwaysExposed, ...cors.expose])].join(", ");
    return (next) => (exchange, sink) => {
      const { origin } = exchange.headers;
      const granted = origin === undefined ? null : grantedOrigin(origin, allowed);
      if (!allowed.has("*")) exchange.answerFields.push("Vary", "Origin");
      if (granted !== null) {
        exchange.answerFields.push("Access-Control-Allow-Origin", granted);
        if (cors.credentials) exchange.answerFields.push("Access-Control-Allow-Credentials", "true");
      }
      if (isPreflight(exchange)) return preflight(exchange, sink, granted === null ? null : cors);
      if (granted !== null) exchange.answerFields.push("Access-Control-Expose-Headers", exposed);
      return next(exchange, new ChangedHead(sink, dropUpstreamsOpinion));
    };
  },
};

/** What an application needs to know about a refusal, a limit or a version, and its own next If-Match. */
const alwaysExposed = ["ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "Parley-Call-Id", "Deprecation", "Sunset", "Idempotency-Replayed", "Lock-Token"];

function grantedOrigin(origin: string, allowed: ReadonlySet<string>): string | null {
  if (allowed.has("*")) return "*";
  return allowed.has(origin) ? origin : null;
}

function isPreflight({ method, headers }: Exchange): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}

/** To whom nothing is granted it is an answer without a word, which a browser reads as no. */
function preflight({ headers }: Exchange, sink: AnswerSink, cors: Cors | null): void {
  const fields = ["Vary", "Access-Control-Request-Method, Access-Control-Request-Headers"];
  if (cors) {
    fields.push("Access-Control-Allow-Methods", cors.methods?.join(", ") ?? asToken(headers["access-control-request-method"]));
    const asked = cors.headers?.join(", ") ?? asTokens(headers["access-control-request-headers"]);
    if (asked !== "") fields.push("Access-Control-Allow-Headers", asked);
    fields.push("Access-Control-Max-Age", String(Math.floor(cors.maxAge / 1000)));
  }
  sink.head(204, fields);
  sink.end();
}

function asToken(value: string | undefined): string {
  return value !== undefined && /^[A-Za-z-]{1,40}$/.test(value) ? value : "GET";
}

function asTokens(value: string | undefined): string {
  return value !== undefined && value.length <= 2000 && /^[\w!#$%&'*+.^`|~, -]*$/.test(value) ? value : "";
}

function dropUpstreamsOpinion(rawHeaders: string[]): void {
  dropFields(rawHeaders, (name) => name.startsWith("access-control-"));
}
