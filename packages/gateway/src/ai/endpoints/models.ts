/**
 * `GET /v1/models` and `GET /v1/models/{id}`, with Google's under `/v1beta`: the aliases, then what each provider has as
 * `provider/model`, in the shape of the caller's dialect, with what each can be asked for. A page is as long as the caller
 * says; without a word of it all come at once.
 */
import { RefusalError } from "../../exchange/answer.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Handler } from "../../pipeline/policy.ts";
import type { JsonObject } from "../conversation/json.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import { ModelFactsBook } from "../models/model-facts.ts";
import type { ModelFacts } from "../models/model-facts.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import { unknownModel } from "./unknown-model.ts";

/** So many are described in one turn of the event loop. */
const perTurn = 50;

type Name = Awaited<ReturnType<ModelDirectory["names"]>>[number];

export function listModels(directory: ModelDirectory): Handler {
  const asGoogle = listGeminiModels(directory);
  const book = new ModelFactsBook();
  return async (exchange, sink) => {
    if (wantsGeminiShape(exchange)) return asGoogle(exchange, sink);
    const names = await directory.names();
    if (!wantsAnthropicShape(exchange)) return answer(sink, { object: "list", data: await describeAll(names, { directory, book }, describe) });
    const { page, hasMore } = anthropicPage(names, queryOf(exchange));
    answer(sink, { data: await describeAll(page, { directory, book }, describeForAnthropic), first_id: page[0]?.id ?? null, last_id: page.at(-1)?.id ?? null, has_more: hasMore });
  };
}

/** `id` is what the path has behind /v1/models/, and may hold slashes, encoded or not. */
export function getModel(directory: ModelDirectory, id: string): Handler {
  return async (exchange, sink) => {
    const name = decode(id);
    const [target] = await directory.resolve(name);
    if (!target) throw new RefusalError(await unknownModel(directory, name));
    const facts = new ModelFactsBook().of(target);
    if (wantsGeminiShape(exchange)) return answer(sink, describeForGemini({ id: name, owner: "" }, facts));
    answer(sink, wantsAnthropicShape(exchange) ? describeForAnthropic({ id: name, owner: "" }, facts) : describe({ id: name, owner: directory.isAlias(name) ? "parley" : target.account.name }, facts));
  };
}

export function listGeminiModels(directory: ModelDirectory): Handler {
  const book = new ModelFactsBook();
  return async (exchange, sink) => {
    const names = await directory.names();
    const query = queryOf(exchange);
    const start = Number(query.get("pageToken") ?? 0);
    if (!Number.isSafeInteger(start) || start < 0) refuseParameter("invalid-request", "pageToken", "pageToken is none that this list gave");
    const end = start + pageLength(query, "pageSize", names.length);
    const models = await describeAll(names.slice(start, end), { directory, book }, describeForGemini);
    answer(sink, { models, ...(end < names.length && { nextPageToken: String(end) }) });
  };
}

export function getGeminiModel(directory: ModelDirectory, id: string): Handler {
  return async (_exchange, sink) => {
    const name = decode(id);
    const [target] = await directory.resolve(name);
    if (!target) throw new RefusalError(await unknownModel(directory, name));
    answer(sink, describeForGemini({ id: name, owner: "" }, new ModelFactsBook().of(target)));
  };
}

interface Known {
  directory: ModelDirectory;
  book: ModelFactsBook;
}

async function describeAll(names: readonly Name[], known: Known, write: (name: Name, facts: ModelFacts | null) => JsonObject): Promise<JsonObject[]> {
  const described: JsonObject[] = [];
  for (const [index, name] of names.entries()) {
    if (index > 0 && index % perTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    described.push(write(name, await factsOf(name, known)));
  }
  return described;
}

/** Null for an alias whose targets are all for other callers. */
async function factsOf({ id }: Name, { directory, book }: Known): Promise<ModelFacts | null> {
  try {
    const [target] = await directory.resolve(id);
    return target ? book.of(target) : null;
  } catch (error) {
    if (error instanceof RefusalError) return null;
    throw error;
  }
}

function anthropicPage(names: readonly Name[], query: URLSearchParams): { page: Name[]; hasMore: boolean } {
  const length = pageLength(query, "limit", names.length);
  const before = placeOf(names, query, "before_id");
  if (before !== null) {
    const start = Math.max(0, before - length);
    return { page: names.slice(start, before), hasMore: start > 0 };
  }
  const start = (placeOf(names, query, "after_id") ?? -1) + 1;
  return { page: names.slice(start, start + length), hasMore: start + length < names.length };
}

function placeOf(names: readonly Name[], query: URLSearchParams, parameter: string): number | null {
  const id = query.get(parameter);
  if (id === null) return null;
  const place = names.findIndex((name) => name.id === id);
  return place === -1 ? refuseParameter("invalid-request", parameter, `there is no model ${id.slice(0, 100)} in the list`) : place;
}

function pageLength(query: URLSearchParams, parameter: string, all: number): number {
  const text = query.get(parameter);
  if (text === null) return Math.max(1, all);
  const length = Number(text);
  return Number.isSafeInteger(length) && length >= 1 && length <= 1000 ? length : refuseParameter("invalid-request", parameter, `${parameter} has to be from 1 to 1000`);
}

/** Nobody but the provider knows when a model was made, so that it is always the beginning of time. */
function describe({ id, owner }: Name, facts: ModelFacts | null): JsonObject {
  return { id, object: "model", created: 0, owned_by: owner, ...(facts && { capabilities: facts.capabilities }), ...(facts?.contextWindow !== undefined && { context_window: facts.contextWindow }) };
}

function describeForAnthropic({ id }: Name, facts: ModelFacts | null): JsonObject {
  return { type: "model", id, display_name: id, created_at: "1970-01-01T00:00:00Z", ...(facts?.contextWindow !== undefined && { max_input_tokens: facts.contextWindow }) };
}

function describeForGemini({ id }: Name, facts: ModelFacts | null): JsonObject {
  const embeds = facts?.capabilities.includes("embeddings") ?? false;
  const supportedGenerationMethods = embeds ? ["embedContent", "batchEmbedContents"] : ["generateContent", "streamGenerateContent", "countTokens"];
  return { name: `models/${id}`, displayName: id, supportedGenerationMethods, ...(facts?.contextWindow !== undefined && { inputTokenLimit: facts.contextWindow }) };
}

/** Its clients send the version of their API with every request. */
function wantsAnthropicShape(exchange: Exchange): boolean {
  return exchange.headers["anthropic-version"] !== undefined;
}

/** Google's clients say who they are, or bring the key in a field of Google's. */
function wantsGeminiShape(exchange: Exchange): boolean {
  return exchange.headers["x-goog-api-client"] !== undefined || exchange.headers["x-goog-api-key"] !== undefined;
}

function queryOf({ target }: Exchange): URLSearchParams {
  return new URLSearchParams(target.includes("?") ? target.slice(target.indexOf("?")) : "");
}

function answer(sink: AnswerSink, value: JsonObject): void {
  const body = Buffer.from(JSON.stringify(value));
  sink.head(200, ["Content-Type", "application/json", "Content-Length", String(body.length)]);
  sink.data(body);
  sink.end();
}

export function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
