/**
 * Hot path of services with an OpenAPI document (benchmark: policies). Names the operation of each call, notes of a sample
 * of calls what they use of the document, and holds requests, and a sample of answers, to it. A body is held up to a bound;
 * a longer one passes unread. Hides the document behind one line of the pipeline; may import `@parley/openapi` and the exchange.
 */
import { CallValidator, type ApiDocument, type BodyContent, type CallViolation, type CompiledOperation } from "@parley/openapi";
import type { Validation } from "@parley/contract/config/openapi";
import { type Refusal, serviceLink } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../exchange/answer.ts";
import { derivedExchange } from "../../exchange/derived-exchange.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { holdBody } from "../../exchange/held-body.ts";
import { methodsAskedFor } from "../../exchange/method-override.ts";
import { plainBody, type PlainBody } from "../../exchange/plain-body.ts";
import type { Handler, Policy } from "../../pipeline/policy.ts";
import type { DocumentPlan, PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { JudgedAnswer } from "./judged-answer.ts";
import { note, noteUses, refusedRequest, unknown, unknownOperation } from "./findings.ts";
import { formParts } from "./form-parts.ts";
import { pathsOf, type DocumentPaths } from "./document-paths.ts";
import { UseSampler } from "./use-sampler.ts";

/** A longer body is neither read nor judged, nor one that unpacks to more. */
const maxBodyBytes = 1024 * 1024;

interface Compiled {
  validator: CallValidator;
  mode: Validation;
  paths: DocumentPaths;
  /** So many characters of `rest` name the version. */
  takenOff: number;
  /** To what callers may read of it. */
  link: string;
}

export const documentsPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "documents",
  sharedAs: ({ documents }) => (documents ? null : ""),
  create: (plan) => (plan.documents ? (next) => documented(plan.service, plan.documents as DocumentPlan, next) : null),
};

function documented(service: string, plan: DocumentPlan, next: Handler): Handler {
  const byVersion = new Map(plan.list.map((entry) => [entry.version, compiled(service, plan, entry)]));
  const missing = new Set(plan.missing);
  const sampler = new UseSampler();
  return (exchange, sink) => {
    const document = byVersion.get(exchange.version);
    if (document === undefined) return missing.has(exchange.version) ? sink.fault(waits(service, exchange.version)) : next(exchange, sink);
    const question = exchange.rest.indexOf("?");
    const below = exchange.rest.slice(document.takenOff, question === -1 ? undefined : question);
    const found = document.paths.find(document.validator, exchange.method, below);
    const query = question === -1 ? "" : exchange.rest.slice(question + 1);
    if (found.kind !== "operation") {
      // Browsers ask before they call, and no document says so.
      if (exchange.method === "OPTIONS" || document.mode === "off") return next(exchange, sink);
      if (document.mode === "enforce") return sink.fault(unknownOperation(exchange, found, document.link));
      note(exchange, [unknown(exchange.method, found)]);
      return next(exchange, sink);
    }
    const { operation, path } = found;
    const alsoTakenFor: CompiledOperation[] = [];
    for (const method of document.mode === "off" ? [] : otherMethods(exchange)) {
      const other = document.paths.find(document.validator, method, below);
      if (other.kind === "operation") alsoTakenFor.push(other.operation);
      else if (document.mode === "enforce") return sink.fault(unknownOperation({ method, path: exchange.path }, other, document.link));
      else note(exchange, [unknown(method, other)]);
    }
    exchange.record.operation = operation.id.slice(0, 200);
    const noteUses = sampler.wants(exchange.caller?.consumer ?? "", operation.id);
    const call: JudgedCall = { exchange, sink, next, operation, alsoTakenFor, mode: document.mode, link: document.link, noteUses, query, path };
    const answer = document.mode !== "off" && plan.random() < plan.answers ? new JudgedAnswer(sink, exchange, operation) : sink;
    const hasBody = exchange.body.length !== 0;
    if (document.mode === "off" && !noteUses) return next(exchange, sink);
    if (!hasBody || ![operation, ...alsoTakenFor].some((each) => each.hasBody)) return withoutBody(call, answer);
    return withBody(call, answer);
  };
}

function compiled(service: string, { path, separate }: DocumentPlan, { version, document, validate, upstreamPath }: DocumentPlan["list"][number]): Compiled {
  const takenOff = version !== undefined && separate.has(version) ? version.length + 1 : 0;
  return { validator: new CallValidator(document), mode: validate, paths: pathsOf(document as ApiDocument, [path, upstreamPath]), takenOff, link: serviceLink(service, version) };
}

function waits(service: string, version: string | undefined): Refusal {
  return { code: "document-missing", detail: `${service}${version === undefined ? "" : ` ${version}`} waits for the document that its calls have to match.`, headers: { "Retry-After": "5" } };
}

interface JudgedCall {
  exchange: Exchange;
  sink: AnswerSink;
  next: Handler;
  operation: CompiledOperation;
  /** What a service takes the call for that minds a field such as X-HTTP-Method-Override; the call has to be right as either. */
  alsoTakenFor: readonly CompiledOperation[];
  mode: Validation;
  link: string;
  noteUses: boolean;
  query: string;
  path: ReadonlyMap<string, string>;
}

function withoutBody(call: JudgedCall, answer: AnswerSink): void | Promise<void> {
  const { exchange, sink, operation, mode, next } = call;
  const query = new URLSearchParams(call.query);
  if (call.noteUses) noteUses(exchange, operation.uses(query, undefined, null));
  if (mode === "off") return next(exchange, answer);
  const violations = [...parameterViolations(call, query), ...bodyViolations(call, null, 0)];
  if (violations.length > 0 && refused(call, violations)) return sink.fault(refusedRequest(operation, violations, call.link));
  return next(exchange, answer);
}

async function withBody(call: JudgedCall, answer: AnswerSink): Promise<void> {
  const { exchange, sink, operation, mode, next } = call;
  const query = new URLSearchParams(call.query);
  const parameters = mode === "off" ? [] : parameterViolations(call, query);
  // What is refused anyway need not be read.
  if (parameters.length > 0 && mode === "enforce") return sink.fault(refusedRequest(operation, parameters, call.link));
  const held = await holdBody(exchange.body, maxBodyBytes);
  const plain: PlainBody = held.kind === "held" ? await plainBody(held.bytes, exchange.headers["content-encoding"], maxBodyBytes) : { kind: "too-long" };
  const type = exchange.headers["content-type"];
  const content: BodyContent | null = plain.kind === "plain" ? { bytes: plain.bytes, parts: () => formParts(plain.bytes, type ?? "") } : null;
  const violations = mode === "off" ? [] : [...parameters, ...bodyViolations(call, content, content?.bytes.length ?? 1)];
  if (mode !== "off" && plain.kind === "unreadable") violations.push(unreadable(plain.coding));
  if (call.noteUses) noteUses(exchange, operation.uses(query, type, content));
  if (violations.length > 0 && refused(call, violations)) return sink.fault(refusedRequest(operation, violations, call.link));
  await next(derivedExchange(exchange, { body: held.body }), answer);
}

/** What nobody could look into is not as the document says. */
function unreadable(coding: string): CallViolation {
  return { in: "body", pointer: "", message: `is not in the content coding ${coding}, or that is none that can be read`, schema: "" };
}

function parameterViolations({ exchange, operation, alsoTakenFor, path }: JudgedCall, query: URLSearchParams): CallViolation[] {
  return [operation, ...alsoTakenFor].flatMap((each) => each.parameters({ path, query, headers: exchange.headers }));
}

function bodyViolations({ exchange, operation, alsoTakenFor }: JudgedCall, content: BodyContent | null, length: number): CallViolation[] {
  return [operation, ...alsoTakenFor].flatMap((each) => each.requestBody(exchange.headers["content-type"], content, length));
}

function otherMethods({ method, headers }: Exchange): readonly string[] {
  const asked = methodsAskedFor(headers);
  return asked === null ? [] : [...new Set(asked)].filter((other) => other !== method);
}

/** Notes what was found; true where the call ends here. */
function refused({ exchange, mode }: JudgedCall, violations: readonly CallViolation[]): boolean {
  note(exchange, violations);
  return mode === "enforce";
}
