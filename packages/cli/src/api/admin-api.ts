/** Calls operations of the admin API, typed by the contract's table; only the table's types are loaded, not its schemas. */
import type { Diagnostic } from "@parley/contract/api/system";
import type { operations } from "@parley/contract/api/operations";
import type { PathParameters } from "@parley/contract/api/operation";
import type { Problem } from "@parley/contract/problems/problem";
import type { z } from "zod";
import { Failure } from "../failure.ts";
import type { Connection } from "./connection.ts";

type Operations = typeof operations;
type Name = keyof Operations;
export type OperationAnswer<N extends Name> = Operations[N] extends { response: infer R extends z.ZodType } ? z.output<R> : undefined;
type Body<N extends Name> = Operations[N] extends { body: infer B extends z.ZodType } ? { body: z.input<B> } : { body?: never };
type Guard<N extends Name> = Operations[N] extends { guard: string } ? { ifMatch: string } : { ifMatch?: never };
type Parameters<Path extends string> = [PathParameters<Path>] extends [never] ? { parameters?: never } : { parameters: Record<PathParameters<Path>, string> };

/** Method and path are repeated where an operation is called, and the types see to it that they are the table's. */
export type AdminCall<N extends Name> = { operation: N; method: Operations[N]["method"]; path: Operations[N]["path"]; query?: Record<string, string | number | undefined> } & Body<N> &
  Guard<N> &
  Parameters<Operations[N]["path"]>;

/** Longer than the server takes for anything; a stream has no such limit. */
const timeoutMs = 60_000;

export async function callAdmin<N extends Name>(connection: Connection, call: AdminCall<N>): Promise<OperationAnswer<N>> {
  const response = await send(connection, call, { signal: AbortSignal.timeout(timeoutMs), headers: {} });
  if (response.status === 204) return undefined as OperationAnswer<N>;
  return (await response.json()) as OperationAnswer<N>;
}

/** For an operation that answers with server-sent events. */
export async function streamAdmin<N extends Name>(connection: Connection, call: AdminCall<N>, headers: Record<string, string> = {}): Promise<ReadableStream<Uint8Array>> {
  const response = await send(connection, call, { signal: null, headers });
  if (!response.body) throw new Failure("not-running", `${connection.url} answered without a stream`);
  return response.body;
}

async function send<N extends Name>(connection: Connection, call: AdminCall<N>, { signal, headers }: { signal: AbortSignal | null; headers: Record<string, string> }): Promise<Response> {
  let response: Response;
  try {
    response = await fetchFrom(connection, addressOf(connection, call), {
      method: call.method,
      headers: {
        accept: "application/json, text/event-stream",
        ...headers,
        ...(connection.token === null ? {} : { authorization: `Bearer ${connection.token}` }),
        ...(call.body === undefined ? {} : { "content-type": typeof call.body === "string" ? "application/yaml" : "application/json" }),
        ...(call.ifMatch === undefined ? {} : { "if-match": call.ifMatch }),
      },
      body: call.body === undefined ? null : typeof call.body === "string" ? call.body : JSON.stringify(call.body),
      signal,
    });
  } catch (error) {
    throw unreachable(connection, error as Error);
  }
  if (!response.ok) throw await refusal(connection, response);
  return response;
}

/** What is not needed for every command is loaded when it is. */
export async function fetchFrom(connection: Connection, url: URL, asked: { method: string; headers: Record<string, string>; body: string | null; signal: AbortSignal | null }): Promise<Response> {
  if (connection.trust === null || url.protocol !== "https:") return fetch(url, asked);
  const { trustingFetch } = await import("./trusting-fetch.ts");
  return trustingFetch(url, asked, connection.trust);
}

function addressOf<N extends Name>(connection: Connection, call: AdminCall<N>): URL {
  const parameters: Record<string, string> = call.parameters ?? {};
  const path = call.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(parameters[name] ?? ""));
  const address = new URL(path, connection.url);
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) address.searchParams.set(name, String(value));
  return address;
}

function unreachable(connection: Connection, error: Error): Failure {
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  return new Failure("not-running", `no Parley answers at ${connection.url}: ${reason}`);
}

/** The server's own problem document says it best. */
async function refusal(connection: Connection, response: Response): Promise<Failure> {
  const text = await response.text();
  const problem = parseProblem(text);
  if (problem) return asFailure(problem);
  return new Failure("not-running", `${connection.url} answered with status ${response.status}, and not like Parley`);
}

function asFailure(problem: Problem): Failure {
  const failure = new Failure(problem.code, problem.detail || problem.title, problem.fix);
  if (Array.isArray(problem["diagnostics"])) failure.diagnostics = problem["diagnostics"] as Diagnostic[];
  return failure;
}

function parseProblem(text: string): Problem | null {
  try {
    const problem = JSON.parse(text) as Problem;
    return typeof problem.code === "string" ? problem : null;
  } catch {
    return null;
  }
}
