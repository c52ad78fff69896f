/** The one door to the admin API: `call("getService", { path: { name } })`, typed by the contract's table of operations. */
import { operationList } from "virtual:operation-list";
import { brokenOff, problemOf, unreachable } from "./problem-error.ts";
import type { Answer, InputArguments, OperationName } from "./types.ts";

interface LooseInput {
  path?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  ifMatch?: string | null;
}

/** Throws a `ProblemError` for everything but success. */
export async function call<Name extends OperationName>(name: Name, ...[given, signal]: InputArguments<Name>): Promise<Answer<Name>> {
  const input = (given ?? {}) as LooseInput;
  const response = await send(name, input, signal);
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as Answer<Name>;
  try {
    return (await response.json()) as Answer<Name>;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw brokenOff();
  }
}

/** The address of an operation, for what is not fetched (an event source). */
export function addressOf(name: OperationName, input: Pick<LooseInput, "path" | "query">): string {
  const path = operationList[name].path.replace(/\{(\w+)\}/g, (_, parameter: string) => encodeURIComponent(input.path?.[parameter] ?? ""));
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined && value !== "") query.set(key, String(value));
  }
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

async function send(name: OperationName, input: LooseInput, signal: AbortSignal | undefined): Promise<Response> {
  const headers = new Headers({ accept: "application/json" });
  if (input.body !== undefined) headers.set("content-type", "application/json");
  if (typeof input.ifMatch === "string") headers.set("if-match", input.ifMatch);
  if (input.ifMatch === null) headers.set("if-none-match", "*");
  const request: RequestInit = { method: operationList[name].method, headers, credentials: "same-origin" };
  if (input.body !== undefined) request.body = JSON.stringify(input.body);
  if (signal) request.signal = signal;
  try {
    return await fetch(addressOf(name, input), request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable();
  }
}
