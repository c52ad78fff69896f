/** One call of a collection: finds the provider, sends what came, and reads the answer for whose it is. */
import { baseUrl } from "../../../exchange/host.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { Handler } from "../../../pipeline/policy.ts";
import { RefusalError } from "../../../exchange/answer.ts";
import { AiCall } from "../../calls/ai-call.ts";
import { failureOfRefusal } from "../../calls/call-failure.ts";
import { planMedia } from "../../calls/plan-media.ts";
import type { PassedMedia, SentBody } from "../../calls/plan-media.ts";
import { outgoing, passedFields } from "../../calls/outgoing-request.ts";
import { answerFailure, runCall } from "../../calls/run-call.ts";
import { asObject, asText, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter, requiredText } from "../../conversation/parameters.ts";
import { fetchBody } from "../../models/fetch-body.ts";
import { plainTarget } from "../../models/model-directory.ts";
import type { ModelTarget } from "../../models/model-directory.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import type { ProviderAccount } from "../../models/provider-account.ts";
import type { EndpointParts } from "../generate.ts";
import { consumerOf } from "../pinning.ts";
import { RequestBody } from "../request-body.ts";
import { batchedModels } from "./batched-models.ts";
import { resultsWatch } from "./batch-bill.ts";
import type { Collection } from "./collections.ts";
import { readList, readObject } from "./kept-answer.ts";
import { chosenProvider, keeperOf } from "./kept-provider.ts";

export interface KeptPath {
  collection: Collection;
  /** Null for the collection itself. */
  id: string | null;
  /** What follows the id. */
  tail: string;
}

const noBody = new RequestBody(Buffer.from("{}"), []);

interface Destination {
  account: ProviderAccount;
  sent: SentBody | null;
}

export function callKept(path: KeptPath, { directory, prices, ports }: EndpointParts, owners: ObjectOwners): Handler {
  const { collection } = path;
  return async (exchange, sink) => {
    exchange.record.dialectIn = collection.caller.name;
    const call = new AiCall({ exchange, sink, caller: collection.caller, body: noBody, model: "", stream: false, includeUsage: true, ports, prices });
    try {
      const { account, sent } = await destination(path, exchange, { directory, owners });
      const target = plainTarget(account, "");
      const passed = passedKept(path, { call, target, owners, sent });
      await runCall(call, [target], {
        plan: (planned, at, dialect) => planMedia(planned, at, { dialect, passed }),
        inside: () => refuseParameter("unsupported-parameter", "model", `the sandbox keeps no ${collection.title}`),
      });
    } catch (error) {
      // The path alone does not say which dialect the caller speaks: two have their files below one.
      if (!(error instanceof RefusalError)) throw error;
      answerFailure(call, failureOfRefusal(error.refusal));
    }
  };
}

async function destination({ collection, id }: KeptPath, exchange: Exchange, parts: { directory: EndpointParts["directory"]; owners: ObjectOwners }): Promise<Destination> {
  if (id !== null) return { account: await keeperOf({ ...collection, id }, exchange, parts), sent: streamed(exchange) };
  const { follows } = collection;
  if (exchange.method !== "POST" || (!follows && !collection.hasModels)) return { account: chosenProvider(collection, exchange, parts.directory), sent: streamed(exchange) };
  const body = new RequestBody(await exchange.body.whole(), []);
  if (collection.hasModels) {
    const batched = await batchedModels(body.parsed, collection.caller, parts.directory);
    return { account: batched.account, sent: { contentType: "application/json", pieces: [Buffer.from(JSON.stringify(batched.body))] } };
  }
  const { member, kind } = follows ?? { member: "", kind: collection.kind };
  const followed = requiredText(body.parsed, member);
  return { account: await keeperOf({ kind, title: kind, id: followed }, exchange, parts), sent: { contentType: "application/json", pieces: [body.bytes] } };
}

/** Uploads go through as they come. */
function streamed({ method, headers, body }: Exchange): SentBody | null {
  if (method === "GET" || method === "DELETE" || body.stream === null) return null;
  return { contentType: headers["content-type"] ?? "application/json", pieces: body.stream, bytes: body.length };
}

function passedKept({ collection, id, tail }: KeptPath, { call, target, owners, sent }: { call: AiCall; target: ModelTarget; owners: ObjectOwners; sent: SentBody | null }): PassedMedia {
  const { exchange, ports } = call;
  const query = queryOf(exchange.target);
  const place = collection.providerRoot + (id === null ? "" : `/${id}${tail}`);
  const asked = query.get("limit");
  const parts = {
    collection, owners, owner: { provider: target.account.name, consumer: consumerOf(exchange) },
    wanted: asked === null ? 10_000 : Math.max(1, Number(asked) || 1),
    nextPage: (after: string) => nextPage({ call, target, collection }, place + withQuery(query, { [collection.pageAfter]: after })),
    resultsUrl: (batch: string) => `${baseUrl(exchange)}${exchange.path.slice(0, exchange.path.indexOf(collection.root))}${collection.root}/${batch}/results`,
    warn: (message: string) => ports.warn(message, { provider: target.account.name, call: exchange.id }),
    bill: { call, account: target.account, owners },
  };
  const results = id !== null && ((collection.kind === "message-batch" && tail === "/results") || (collection.kind === "file" && tail === "/content")) ? { kind: collection.kind, id } : null;
  const isDeleted = exchange.method === "DELETE" && tail === "";
  return {
    title: `${collection.title} objects`,
    dialect: collection.caller.name,
    fields: collection.fields,
    method: exchange.method,
    path: () => place + withQuery(query, {}),
    body: () => sent,
    ...(results && { watch: () => resultsWatch(results, parts.bill) }),
    read: async (body) => {
      if (id === null && exchange.method === "GET") return await readList(body, parts);
      if (isDeleted && id !== null) await owners.forget(collection.kind, id).catch(() => {});
      return await readObject(body, parts, id === null);
    },
  };
}

async function nextPage({ call, target, collection }: { call: AiCall; target: ModelTarget; collection: Collection }, path: string): Promise<JsonObject | null> {
  const request = outgoing({ call, target, path, fields: passedFields(call.exchange.rawHeaders, collection.fields), body: null, method: "GET" });
  const { ports } = call;
  try {
    await target.account.keys.take(ports.now())?.authorize(request, { transport: ports.transport, now: () => ports.now() });
  } catch {
    return null;
  }
  const answer = await fetchBody(call.ports.transport, request, { maxBytes: 16 * 1024 * 1024, withinMs: target.account.timeouts.firstByteMs });
  return (answer?.status === 200 && asObject(tryParseJson(answer.body.toString("utf8")))) || null;
}

/** Without the caller's own key, which may stand in it. */
function queryOf(target: string): URLSearchParams {
  const query = new URLSearchParams(target.includes("?") ? target.slice(target.indexOf("?")) : "");
  query.delete("key");
  return query;
}

function withQuery(query: URLSearchParams, change: Record<string, string>): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) changed.set(name, asText(value) ?? "");
  return changed.size === 0 ? "" : `?${changed.toString()}`;
}
