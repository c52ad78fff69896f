/** What happened to a call, in one sentence: the first thing that its page says. */
import type { CallRecord } from "@parley/contract/call-record";
import { isProblemCode, problemEntry } from "@parley/contract/problems/table";
import { oneDirection } from "../../format/one-direction.ts";
import { costText, counted, durationText } from "../../format/quantities.ts";

export function verdictOf(call: CallRecord): string {
  return oneDirection(`${opening(call)}${retries(call)}.`);
}

function opening(call: CallRecord): string {
  const took = durationText(call.durationMs);
  if (call.cutBy === "client") return `The client went away after ${took}${call.status === 499 ? ", before an answer began" : ", in the middle of the answer"}`;
  if (call.cutBy === "upstream") return `${answerer(call)} broke off in the middle of the answer, after ${took}`;
  if (call.cutBy === "gateway") return `The gateway cut the answer after ${took}${call.error ? `: ${explained(call.error)}` : ""}`;
  if (call.error) return refusal(call, took);
  if (call.status >= 400) return `${answerer(call)} answered ${call.status} after ${took}`;
  if (call.kind === "ai") return `${answerer(call)} answered${tokens(call)} in ${took}${price(call)}`;
  if (call.kind === "websocket") return `The connection stood for ${took}`;
  return `${answerer(call)} answered ${call.status} in ${took}`;
}

/** Refused by the gateway itself, or the upstream's failure as the gateway tells it. */
function refusal(call: CallRecord, took: string): string {
  const byUpstream = call.upstreamStatus !== undefined && call.upstreamStatus >= 400;
  const who = byUpstream ? `${answerer(call)} answered ${call.upstreamStatus}` : call.attempts > 0 ? "The gateway gave up" : "The gateway refused it";
  return `${call.status} after ${took}. ${who}: ${explained(call.error ?? "")}`;
}

function explained(code: string): string {
  return isProblemCode(code) ? lowerFirst(problemEntry(code).title) : code;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function answerer(call: CallRecord): string {
  if (call.provider) return call.model ? `${call.provider}'s ${call.model}` : call.provider;
  return call.upstream ?? (call.attempts > 0 ? "The upstream" : "The gateway");
}

function tokens(call: CallRecord): string {
  if (call.outputTokens === undefined) return "";
  return ` with ${counted(call.outputTokens, "token")}`;
}

function price(call: CallRecord): string {
  return call.costUsd ? ` for ${costText(call.costUsd)}` : "";
}

function retries(call: CallRecord): string {
  const failed = (call.attemptLog ?? []).filter((attempt) => attempt.failure !== undefined || (attempt.status ?? 0) >= 500);
  const first = failed[0];
  if (call.attempts < 2 || !first) return "";
  const why = first.failure && first.failure !== "status" ? first.failure : String(first.status ?? "failure");
  return `, on attempt ${call.attempts}; ${first.target} had failed (${why})`;
}
