/**
 * What a batch cost, at the prices of batches: counted once, in the call that first brings its usage or its results back,
 * for the consumer that made it. The ledger keeps which ones are not counted yet.
 */
import type { ObjectKind, ObjectOwner } from "@parley/stores/ports/object-owners";
import type { AiCall } from "../../calls/ai-call.ts";
import type { ByteWatch } from "../../calls/bytes-relay.ts";
import type { Usage } from "../../conversation/answer.ts";
import { asNumber, asObject, asText, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { readUsage as readGeminiUsage } from "../../dialects/gemini/usage.ts";
import { parseMessagesUsage } from "../../dialects/anthropic-messages/usage.ts";
import { parseUsage as parseChatUsage } from "../../dialects/openai-chat/usage.ts";
import { parseUsage as parseResponsesUsage } from "../../dialects/openai-responses/usage.ts";
import { LineSplitter, LineTooLongError } from "../../framing/line-splitter.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import type { ProviderAccount } from "../../models/provider-account.ts";
import { addWarnings, noteCost } from "../../record/call-notes.ts";
import { sumOfUsage } from "../../record/usage-sum.ts";

export interface BillParts {
  call: AiCall;
  account: ProviderAccount;
  owners: ObjectOwners;
}

export interface Bill {
  readonly model: string | undefined;
  readonly usage: Usage;
  readonly requests: number;
}

const isOver = new Set(["completed", "expired", "cancelled", "failed"]);
/** A line has one answer, which may hold an image. */
const maxLineBytes = 64 * 1024 * 1024;

/** A batch that has been made is to be counted. */
export async function expectBill(kind: ObjectKind, id: string, { owners, owner }: { owners: ObjectOwners; owner: ObjectOwner }): Promise<void> {
  if (kind === "batch" || kind === "message-batch" || kind === "gemini-batch") await owners.remember(kind, unbilled(id), owner);
}

/** Counts a batch that tells its usage; where it does not, its results are what is counted. */
export async function billBatch(value: JsonObject, parts: BillParts, owner: ObjectOwner): Promise<void> {
  const id = asText(value["id"]);
  if (id === undefined || value["object"] !== "batch" || !isOver.has(asText(value["status"]) ?? "")) return;
  const usage = parseResponsesUsage(value["usage"]);
  const results = asText(value["output_file_id"]);
  if (!usage && results === undefined) return;
  if (!(await parts.owners.forget("batch", unbilled(id)))) return;
  if (!usage || usage.inputTokens + usage.outputTokens === 0) {
    if (results !== undefined) await parts.owners.remember("file", unbilled(results), owner);
    return;
  }
  const requests = asNumber(asObject(value["request_counts"])?.["completed"]) ?? 1;
  note(parts, [{ model: asText(value["model"]), usage, requests: Math.max(1, requests) }]);
}

/** Looks at results on their way, a line for each answer. */
export function resultsWatch(object: { kind: ObjectKind; id: string }, parts: BillParts): ByteWatch {
  const lines = new LineSplitter(maxLineBytes);
  const bills = new Map<string, Bill>();
  let isReadable = true;
  const take = (line: string): void => {
    const bill = line.includes('"usage') ? billOfLine(line) : null;
    if (!bill) return;
    // Those of one model and one length of context cost alike; no more of them are kept than models are named.
    const key = `${bill.model ?? ""} ${bills.size >= 100 ? "" : bill.usage.inputTokens}`;
    const before = bills.get(key);
    bills.set(key, before ? { ...bill, usage: sumOfUsage(before.usage, bill.usage), requests: before.requests + 1 } : bill);
  };
  return {
    push(chunk) {
      try {
        if (isReadable) lines.push(chunk, take);
      } catch (error) {
        if (!(error instanceof LineTooLongError)) throw error;
        isReadable = false;
      }
    },
    async finish() {
      take(lines.rest());
      if (bills.size > 0 && (await parts.owners.forget(object.kind, unbilled(object.id)))) note(parts, [...bills.values()]);
    },
  };
}

/** Of Google's answers, which stand in the batch itself or in a file of lines; they name their model at most as a version of it. */
export function billOfGoogle(value: JsonObject, model?: string): Bill | null {
  const answered = asObject(value["response"]);
  const counts = asObject(answered?.["usageMetadata"]);
  return answered && counts ? { model: model ?? asText(answered["modelVersion"]), usage: readGeminiUsage(counts), requests: 1 } : null;
}

/** Counts a batch of Google's that has its answers in it; where they are in a file, that is what is counted. */
export async function billGoogleBatch({ id, bills, file }: { id: string; bills: readonly Bill[]; file: string | undefined }, parts: BillParts, owner: ObjectOwner): Promise<void> {
  if ((bills.length === 0 && file === undefined) || !(await parts.owners.forget("gemini-batch", unbilled(id)))) return;
  if (bills.length > 0) note(parts, bills);
  else if (file !== undefined) await parts.owners.remember("gemini-file", unbilled(file), owner);
}

function unbilled(id: string): string {
  return `${id}#unbilled`;
}

function billOfLine(line: string): Bill | null {
  const value = asObject(tryParseJson(line));
  const message = asObject(asObject(value?.["result"])?.["message"]);
  const google = value && billOfGoogle(value);
  if (google) return google;
  const body = message ?? asObject(asObject(value?.["response"])?.["body"]);
  const counts = asObject(body?.["usage"]);
  if (!body || !counts) return null;
  const usage = message ? parseMessagesUsage(counts) : counts["input_tokens"] === undefined ? parseChatUsage(counts) : parseResponsesUsage(counts);
  return usage ? { model: asText(body["model"]), usage, requests: 1 } : null;
}

function note({ call, account }: BillParts, bills: readonly Bill[]): void {
  const { record } = call.exchange;
  const total = bills.map(({ usage }) => usage).reduce(sumOfUsage);
  record.inputTokens = total.inputTokens;
  record.outputTokens = total.outputTokens;
  if (total.cacheReadTokens !== undefined) record.cacheReadTokens = total.cacheReadTokens;
  if (total.cacheWriteTokens !== undefined) record.cacheWriteTokens = total.cacheWriteTokens;
  if (total.reasoningTokens !== undefined) record.reasoningTokens = total.reasoningTokens;
  const model = bills[0]?.model;
  if (model !== undefined) record.model = model;
  let nanoUsd = 0;
  for (const bill of bills) {
    const cost = call.prices.costNanoUsd(account, bill.model ?? "", { usage: { ...bill.usage, serviceTier: "batch" }, nowMs: call.ports.now(), requests: bill.requests });
    if (cost === null) {
      addWarnings(call, [`unpriced model: no price of ${account.name}/${bill.model ?? ""} is known, so that the batch's cost is not`]);
      return noteCost(call, null);
    }
    nanoUsd += cost;
  }
  noteCost(call, nanoUsd);
}
