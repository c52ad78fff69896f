/**
 * The file that a batch is made of, read at its provider before the batch is made: each line is a request, and is judged as
 * one. Its models have to be open to the caller, its guardrails are asked, and what it names has to be the caller's own. One
 * line is in memory at a time, and ids of a few hundred.
 */
import { RefusalError } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { JudgeLater } from "../../admission/judges-later.ts";
import type { AiCall } from "../../calls/ai-call.ts";
import { outgoing } from "../../calls/outgoing-request.ts";
import { asObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { blocked } from "../../guardrails/input-guard.ts";
import { fetchLines } from "../../models/fetch-lines.ts";
import type { LinesRead } from "../../models/fetch-lines.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import { expectModelInScopes } from "../model-scopes.ts";
import { consumerOf, keptReference, ownerUnknown, unknownResponse } from "../pinning.ts";
import type { BatchFile } from "./batch-files.ts";
import { countOf, noteNamed, nothingNamed, pinToNamed } from "./referenced-files.ts";
import type { Named } from "./referenced-files.ts";

/** A line may hold an image or two; files are at most 200 MB at OpenAI. */
const limits = { maxLineBytes: 32 * 1024 * 1024, maxBytes: 512 * 1024 * 1024, withinMs: 300_000 };
const checkedTogether = 500;

export interface LineParts {
  call: AiCall;
  owners: ObjectOwners;
  /** Null where there are no guardrails. */
  judge: JudgeLater | null;
}

/** Throws a `RefusalError` for the first line that is not to be answered. Where nothing is anybody's own and nothing is ruled out, nothing is read. */
export async function expectLines(file: BatchFile, target: ModelTarget, parts: LineParts): Promise<void> {
  const { exchange, ports } = parts.call;
  const isRuled = parts.judge !== null || exchange.caller?.scopes?.models !== undefined;
  if (!isRuled && consumerOf(exchange) === null) return;
  const lines = new BatchLines(file, target, parts);
  const read = await readLines(file, target, { call: parts.call, lines });
  if (read === "complete") return await lines.expectOwn(true);
  if (read === "gone") throw new RefusalError({ code: "request-timeout", detail: "The client went away while the batch's file was read." });
  const isWithheld = typeof read === "number" && read >= 400 && read < 500;
  // Some providers give nobody a file back; then its ids are the provider's to judge, and rules cannot be kept.
  if (!isRuled && isWithheld) return ports.warn("a batch's file cannot be read back from its provider, so that the files and responses that it names are not checked", { provider: target.account.name, call: exchange.id });
  if (isWithheld && file.withheld) throw new RefusalError(file.withheld(parts.judge !== null));
  throw new RefusalError({ code: "provider-broken", detail: `the batch's file could not be read at the provider ${target.account.name}, so that its requests cannot be checked: ${read === "too-long" ? "it is too large" : `the provider answered ${read}`}` });
}

async function readLines({ place }: BatchFile, target: ModelTarget, { call, lines }: { call: AiCall; lines: BatchLines }): Promise<LinesRead> {
  const { exchange, ports } = call;
  const { keys } = target.account;
  const request = outgoing({ call, target, path: place, fields: [], body: null, method: "GET", accept: "*/*" });
  const key = target.keyName === undefined ? keys.take(ports.now()) : keys.named(target.keyName);
  await key?.authorize(request, { transport: ports.transport, now: () => ports.now() });
  return await fetchLines(ports.transport, request, { ...limits, take: (line) => lines.take(line), between: () => lines.expectOwn(), onGone: (stop) => exchange.onClientGone(stop) });
}

class BatchLines {
  readonly #file: BatchFile;
  readonly #target: ModelTarget;
  readonly #parts: LineParts;
  readonly #exchange: Exchange;
  #number = 0;
  #named: Named = nothingNamed();
  #references = { response: new Set<string>(), conversation: new Set<string>() };

  constructor(file: BatchFile, target: ModelTarget, parts: LineParts) {
    this.#file = file;
    this.#target = target;
    this.#parts = parts;
    this.#exchange = parts.call.exchange;
  }

  take(line: string): void {
    this.#number += 1;
    if (line.trim() === "") return;
    try {
      this.#judge(asObject(tryParseJson(line)) ?? refuseParameter("invalid-request", this.#file.param, "it is no JSON object"));
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      throw new RefusalError({ ...error.refusal, detail: `Line ${this.#number} of the batch's file: ${error.refusal.detail}` });
    }
  }

  #judge(request: JsonObject): void {
    const { body, model, asked } = this.#file.requestIn(request);
    const fullName = asked ?? (model === "" ? "" : `${this.#target.account.name}/${model}`);
    const alsoCalled = asked ?? model;
    expectModelInScopes(this.#exchange, fullName, alsoCalled);
    const judged = this.#parts.judge?.({ model: fullName, alsoCalled, body }) ?? body;
    if (judged !== body) throw new RefusalError(blocked({ name: "of these endpoints" }, "would have changed it, and a file that has been uploaded cannot be changed"));
    noteNamed(request, this.#named);
    const reference = keptReference(body);
    if (reference) this.#references[reference.kind].add(reference.id);
  }

  /** In few questions to the ledger. */
  async expectOwn(isLast = false): Promise<void> {
    const [named, references] = [this.#named, this.#references];
    const count = countOf(named) + references.response.size + references.conversation.size;
    if (!isLast && count < checkedTogether) return;
    // More may come while the ledger is asked.
    this.#named = nothingNamed();
    this.#references = { response: new Set(), conversation: new Set() };
    const { owners } = this.#parts;
    await pinToNamed(named, this.#file.caller, { exchange: this.#exchange, targets: [this.#target], owners });
    for (const kind of ["response", "conversation"] as const) {
      const ids = [...references[kind]];
      const found = ids.length === 0 ? [] : await owners.ownersOf(kind, ids).catch(() => {
        throw new RefusalError(ownerUnknown(`each ${kind} of the batch's file`));
      });
      const foreign = found.findIndex((owner) => owner !== null && owner.consumer !== consumerOf(this.#exchange));
      if (foreign !== -1) throw new RefusalError(unknownResponse(ids[foreign] ?? ""));
    }
  }
}
