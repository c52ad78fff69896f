/** Why a target gave no answer: what the caller is told if it stays at that, and whether another target may do better. */
import { problemEntry } from "@parley/contract/problems/table";
import type { Refusal } from "@parley/contract/problems/problem";
import type { TransportFailure } from "../../upstreams/transport.ts";
import type { CallerError, ProviderDialect } from "../conversation/dialect.ts";
import { asObject } from "../conversation/json.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import type { KeyOutcome } from "../keys/key-ring.ts";
import type { ModelTarget } from "../models/model-target.ts";

export interface CallFailure {
  readonly error: CallerError;
  /** Another target may be asked: this one could not be reached, is overloaded, broken or wrongly set up. */
  readonly failOver: boolean;
  /** For the record, in a word. */
  readonly word: string;
  /** The provider's status, where it answered. */
  readonly status?: number | undefined;
  /** Name, value, …: fields of the error answer, such as Retry-After. */
  readonly fields: readonly string[];
  /** The provider's own body, to be given as it came to a caller of the same dialect. */
  readonly body?: Buffer | undefined;
}

export function failureOfRefusal(refusal: Refusal): CallFailure {
  const entry = problemEntry(refusal.code);
  const param = refusal.extensions?.["param"];
  const error: CallerError = {
    status: refusal.status ?? entry.status,
    message: refusal.detail,
    code: refusal.code,
    fix: refusal.fix ?? entry.fix,
    param: typeof param === "string" ? param : undefined,
  };
  return { error, failOver: true, word: refusal.code, fields: Object.entries(refusal.headers ?? {}).flat() };
}

export function failureOfTransport(failure: TransportFailure, target: ModelTarget): CallFailure {
  const { code, detail } = describeTransport(failure, target);
  return { ...failureOfRefusal({ code, detail }), word: failure.kind.startsWith("timeout") ? "timeout" : failure.kind };
}

function describeTransport(failure: TransportFailure, { account, firstByteMs }: ModelTarget): Refusal {
  switch (failure.kind) {
    case "connect-failure":
    case "timeout-connect":
    case "refused":
      return { code: "provider-unreachable", detail: `the provider ${account.name} could not be reached${reasonOf(failure)}` };
    case "timeout-first-byte":
      return { code: "provider-timeout", detail: `the provider ${account.name} did not begin to answer within ${firstByteMs} ms` };
    case "timeout-idle":
      return { code: "provider-timeout", detail: `the answer of the provider ${account.name} paused for longer than allowed` };
    case "reset":
    case "protocol":
    case "aborted":
      return { code: "provider-broken", detail: `the provider ${account.name} broke off before its answer was complete` };
  }
}

/** Why there was no connection, without the address: callers read it too. */
function reasonOf({ kind, detail }: TransportFailure): string {
  if (kind === "timeout-connect") return ": it took no connection in time";
  if (kind === "refused") return ": it refused the call before it looked at it";
  if (/\b(?:ENOTFOUND|EAI_AGAIN)\b/.test(detail)) return ": its host name does not resolve (DNS)";
  if (detail.includes("ECONNREFUSED")) return ": the connection was refused";
  if (/certificate/i.test(detail)) return ": its TLS certificate is not trusted or is for another name";
  return "";
}

export function firstTokenTimeout({ account, firstTokenMs }: ModelTarget): CallFailure {
  return { ...failureOfRefusal({ code: "provider-timeout", detail: `nothing of the answer came from the provider ${account.name} within ${firstTokenMs} ms` }), word: "timeout" };
}

/** Whoever gives tokens for the provider did not; its own words are about the operator's account. */
export function noCredentials({ account }: ModelTarget, error: unknown): CallFailure {
  const reason = error instanceof Error ? `: ${error.message}` : "";
  return { ...failureOfRefusal({ code: "provider-unauthorized", detail: `there are no credentials for the provider ${account.name}${reason}` }), word: "credentials" };
}

/** An error that the provider answered with, or sent inside of an answer. */
export function failureOfProvider(provider: ProviderError, target: ModelTarget, rest: { fields: readonly string[]; body?: Buffer; dialect?: ProviderDialect }): CallFailure {
  if (provider.refusal) return { ...failureOfRefusal(provider.refusal), failOver: false, word: "guardrail" };
  const { name } = target.account;
  if (provider.kind === "broken") {
    return { ...failureOfRefusal({ code: "provider-broken", detail: `the answer of the provider ${name} is not understood: ${provider.message}` }), word: "broken" };
  }
  // Google says with a 400 that a key is not valid.
  if (provider.status === 401 || provider.status === 403 || provider.kind === "authentication") {
    const refusal: Refusal = { code: "provider-unauthorized", detail: `the provider ${name} refused the gateway's own key with status ${provider.status}` };
    return { ...failureOfRefusal(refusal), word: "status", status: provider.status };
  }
  const dialect = rest.dialect ?? target.account.dialect;
  const error: CallerError = {
    status: provider.status, message: provider.message, code: "provider-error", param: provider.param, provider, providerDialect: dialect?.carrier ?? dialect?.name,
  };
  const body = dialect && isReadable(provider, dialect) ? rest.body : undefined;
  return { error, failOver: mayFailOver(provider.status), word: "status", status: provider.status, fields: withRetryAfter(rest.fields, provider), body };
}

/** Google says with a 400 that a key is not valid; where there is no money left it concerns every model, whatever the status. */
export function keyOutcomeOf({ status, fields, error }: CallFailure, { model }: ModelTarget): KeyOutcome {
  const isRefused = error.code === "provider-unauthorized" && status !== undefined && status !== 403;
  const isSpent = error.provider?.kind === "quota" && error.provider.code === "insufficient_quota";
  return { status: isRefused ? 401 : isSpent ? 402 : status, fields, model };
}

/** A body that a client of the dialect can read goes on as it came. */
function isReadable({ raw }: ProviderError, { errorText, typesErrors }: ProviderDialect): boolean {
  const top = asObject(raw);
  const error = asObject(top?.["error"]);
  if (error) return !typesErrors || typeof error["type"] === "string";
  return errorText !== undefined && typeof top?.[errorText] === "string";
}

function mayFailOver(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function fieldOf(fields: readonly string[], name: string): string | undefined {
  const at = fields.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === name);
  return at === -1 ? undefined : fields[at + 1];
}

/** Where the provider says how long to wait in its body only, or in milliseconds, which is OpenAI's own field, the header says it too. */
function withRetryAfter(fields: readonly string[], { retryAfterMs }: ProviderError): readonly string[] {
  if (fieldOf(fields, "retry-after") !== undefined) return fields;
  const ms = retryAfterMs ?? Number(fieldOf(fields, "retry-after-ms") ?? Number.NaN);
  return ms >= 0 ? [...fields, "Retry-After", String(Math.ceil(ms / 1000))] : fields;
}
