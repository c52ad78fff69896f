/**
 * Carries out one operation of the table for one request: who calls, may they, is the request well-formed, then the
 * handler, then its answer. The order is that of the refusals: whoever may not ask learns nothing about the rest.
 */
import type { Operation } from "@parley/contract/api/operation";
import type { z } from "zod";
import { memberErrors, messageOf } from "./member-errors.ts";
import { refuse, refuseBody } from "../refusal.ts";
import { callerOf, expectRole, type Caller } from "./caller.ts";
import { etagOf, notModified, preconditionOf } from "./etag.ts";
import type { OperationAnswer } from "./handler.ts";
import { expectSameSite } from "./origin.ts";
import { maxTextBytes, readJson, readText } from "./read-body.ts";
import type { RequestContext } from "./request-context.ts";

/** The typed handler, seen from where types are no longer known. */
export type AnyHandler = (request: unknown) => Promise<OperationAnswer<unknown>>;

export async function carryOut(operation: Operation, handler: AnyHandler, context: RequestContext): Promise<Response> {
  const { headers } = context.request;
  const caller = await callerOf(headers, context.identity);
  const unsafe = operation.method !== "GET";
  // A bearer token is sent by whoever holds it; only what browsers send by themselves can be another site's doing.
  if (unsafe && headers.get("authorization") === null) expectSameSite(headers, context.host);
  if (operation.role !== "anyone") {
    if (!caller) refuse("not-signed-in", "the request carries no session that is in force", { headers: { "WWW-Authenticate": 'Bearer realm="Parley"' } });
    expectRole(caller, operation.role);
  }
  const query = operation.query ? parsedQuery(operation.query, context.url.searchParams) : undefined;
  // A write that did not do what it was told would have been carried out by then.
  if (unsafe && !operation.query) expectNoQuery(context.url.searchParams);
  const precondition = operation.guard ? preconditionOf(headers) : { kind: "none" as const };
  const written = operation.text ? await readText(context.request, maxTextBytes) : operation.body ? await readJson(context.request) : undefined;
  const body = operation.body ? parsedBody(operation.body, written) : undefined;
  const answer = await handler({ ...common(context, caller), query, precondition, written, body });
  return response(operation, answer, headers);
}

function common(context: RequestContext, caller: Caller | null): Record<string, unknown> {
  const { clientAddress, origin, parameters, cookie } = context;
  return { path: parameters, caller, actor: { name: caller?.name ?? "", clientAddress }, clientAddress, origin, cookie, headers: context.request.headers, signal: context.request.signal };
}

function parsedQuery(schema: z.ZodObject, parameters: URLSearchParams): unknown {
  const values: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (!Object.hasOwn(schema.shape, name)) refuse("invalid-parameter", `there is no query parameter ${name.slice(0, 60)}; there are: ${Object.keys(schema.shape).join(", ")}`);
    if (Object.hasOwn(values, name)) refuse("invalid-parameter", `the query parameter ${name} is there twice`);
    values[name] = value;
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return inOrder(parsed.data);
  const errors = parsed.error.issues.map((issue) => ({ parameter: String(issue.path[0] ?? ""), message: messageOf(issue) }));
  refuse("invalid-parameter", `${errors[0]?.parameter}: ${errors[0]?.message}`, { extensions: { errors } });
}

/** Nothing lies in a range that ends before it begins, which is seldom what somebody wanted to know. */
function inOrder(query: Record<string, unknown>): unknown {
  const { from, to } = query;
  if (typeof from === "number" && typeof to === "number" && from > to) refuse("invalid-parameter", "`from` is after `to`");
  return query;
}

function expectNoQuery(parameters: URLSearchParams): void {
  const [name] = parameters.keys();
  if (name !== undefined) refuse("invalid-parameter", `there is no query parameter ${name.slice(0, 60)}; this takes none`);
}

function parsedBody(schema: z.ZodType, written: unknown): unknown {
  const parsed = schema.safeParse(written);
  if (parsed.success) return parsed.data;
  refuseBody(memberErrors(parsed.error));
}

function response(operation: Operation, answer: OperationAnswer<unknown>, requestHeaders: Headers): Response {
  const headers = new Headers({ "Cache-Control": "no-store", ...answer.headers });
  if (answer.tag !== undefined) headers.set("ETag", etagOf(answer.tag));
  if (answer.stream) {
    headers.set("Content-Type", answer.contentType ?? "text/event-stream; charset=utf-8");
    headers.set("X-Accel-Buffering", "no");
    return new Response(answer.stream, { headers });
  }
  if (operation.method === "GET" && answer.tag !== undefined && notModified(requestHeaders, etagOf(answer.tag))) return new Response(null, { status: 304, headers });
  const status = answer.status ?? operation.status ?? (operation.response ? 200 : 204);
  if (answer.body === undefined) return new Response(null, { status, headers });
  headers.set("Content-Type", "application/json");
  return new Response(JSON.stringify(answer.body), { status, headers });
}
