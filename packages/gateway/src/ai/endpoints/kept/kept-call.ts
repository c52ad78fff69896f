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
import { answerFailure } from "../../calls/run-call.ts";
import { asObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter, requiredText } from "../../conversation/parameters.ts";
import { fetchBody } from "../../models/fetch-body.ts";
import { plainTarget } from "../../models/model-directory.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import type { EndpointParts } from "../endpoint-parts.ts";
import { consumerOf } from "../pinning.ts";
import { RequestBody } from "../request-body.ts";
import { batchedModels } from "./batched-models.ts";
import { resultsWatch } from "./batch-bill.ts";
import type { Collection } from "./collections.ts";
import { cachedModel } from "./cached-model.ts";
import { batchTarget, readGoogleBatch } from "./google-batch.ts";
import type { BatchedModel } from "./google-batch.ts";
import { keepToken, readGoogleList, readGoogleObject, readPageToken } from "./google-answer.ts";
import { readList, readObject } from "./kept-answer.ts";
import { namingMissed, targetsOfList } from "./keys-of-list.ts";
import type { NextPage } from "./kept-answer.ts";
import { chosenProvider, keeperOf } from "./kept-provider.ts";
import { namesFiles, pinToFiles } from "./referenced-files.ts";

export interface KeptPath {
  collection: Collection;
  /** Null for the collection itself. */
  id: string | null;
  /** What follows the id. */
  tail: string;
  /** Of a batch that is made below its model. */
  batched?: BatchedModel;
}

const noBody = new RequestBody(Buffer.from("{}"), []);

interface Destination {
  /** One, or for a list one for each key. */
  targets: readonly [ModelTarget, ...ModelTarget[]];
  sent: SentBody | null;
  /** Where at the provider, for what is not made in the collection itself. */
  place?: string;
}

export function callKept(path: KeptPath, { directory, prices, ports, ask }: EndpointParts, owners: ObjectOwners): Handler {
  const { collection } = path;
  return async (exchange, sink) => {
    exchange.record.dialectIn = collection.caller.name;
    const missed = new Set<string>();
    const call = new AiCall({ exchange, sink: namingMissed(sink, missed, collection.title), caller: collection.caller, body: noBody, model: "", stream: false, includeUsage: true, ports, prices });
    try {
      const passed = passedKept(path, { call, ...(await destination(path, exchange, { directory, owners })), owners, missed });
      const { targets } = passed;
      await ask(call, targets, {
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

async function destination({ collection, id, batched }: KeptPath, exchange: Exchange, parts: { directory: EndpointParts["directory"]; owners: ObjectOwners }): Promise<Destination> {
  if (id !== null) return { targets: [await keeperOf({ ...collection, id }, exchange, parts)], sent: streamed(exchange) };
  if (batched) {
    const { target, ...made } = await batchTarget(batched, new RequestBody(await exchange.body.whole(), []).parsed, { exchange, parts });
    return { targets: [target], ...made };
  }
  const { follows } = collection;
  if (exchange.method === "GET") return { targets: await placesOfList(collection, exchange, parts), sent: null };
  if (!follows && !collection.hasModels && !collection.google?.hasModel) return { targets: [plainTarget(chosenProvider(collection, exchange, parts.directory), "")], sent: streamed(exchange) };
  const body = new RequestBody(await exchange.body.whole(), []);
  if (collection.google) {
    const { target, sent } = await cachedModel(body.parsed, exchange, parts);
    return { targets: [target], sent };
  }
  if (collection.hasModels) {
    const ofMessages = await batchedModels(body.parsed, collection.caller, parts.directory);
    const target = plainTarget(ofMessages.account, "");
    const [keeper = target] = namesFiles(body.bytes) ? await pinToFiles({ parsed: () => body.parsed, caller: collection.caller.name }, { exchange, targets: [target], owners: parts.owners }) : [];
    return { targets: [keeper], sent: { contentType: "application/json", pieces: [Buffer.from(JSON.stringify(ofMessages.body))] } };
  }
  const { member, kind } = follows ?? { member: "", kind: collection.kind };
  const followed = requiredText(body.parsed, member);
  return { targets: [await keeperOf({ kind, title: kind, id: followed }, exchange, parts)], sent: { contentType: "application/json", pieces: [body.bytes] } };
}

async function placesOfList(collection: Collection, exchange: Exchange, { directory, owners }: { directory: EndpointParts["directory"]; owners: ObjectOwners }): Promise<Destination["targets"]> {
  const account = chosenProvider(collection, exchange, directory);
  const { names } = account.keys;
  if (names.length < 2) return targetsOfList(account, undefined);
  const query = queryOf(exchange.target);
  if (collection.google) return targetsOfList(account, names[readPageToken(query.get("pageToken")).key]);
  const after = query.get(collection.pageAfter);
  const owner = after === null ? null : await Promise.resolve(owners.ownerOf(collection.kind, after)).catch(() => null);
  return targetsOfList(account, owner?.key);
}

/** Uploads go through as they come. */
function streamed({ method, headers, body }: Exchange): SentBody | null {
  if (method === "GET" || method === "DELETE" || body.stream === null) return null;
  return { contentType: headers["content-type"] ?? "application/json", pieces: body.stream, bytes: body.length };
}

function passedKept({ collection, id, tail }: KeptPath, { call, targets, owners, sent, missed, place: made }: Destination & { call: AiCall; owners: ObjectOwners; missed: Set<string> }): PassedMedia & Pick<Destination, "targets"> {
  const { exchange, ports } = call;
  const [target] = targets;
  const query = queryOf(exchange.target);
  const place = made ?? collection.providerRoot + (id === null ? "" : `/${id}${tail}`);
  if (collection.google && id === null) keepToken(query);
  const asked = query.get(collection.google ? "pageSize" : "limit");
  const parts = {
    collection, owners,
    get owner() {
      return { provider: target.account.name, consumer: consumerOf(exchange), ...(call.keyName !== undefined && { key: call.keyName }) };
    },
    keys: target.account.keys.names,
    missed,
    wanted: asked === null ? 10_000 : Math.max(1, Number(asked) || 1),
    nextPage: ({ key, change }: NextPage) => nextPage({ call, target, collection, key }, place + withQuery(query, change)),
    resultsUrl: (batch: string) => `${baseUrl(exchange)}${exchange.path.slice(0, exchange.path.indexOf(collection.root))}${collection.root}/${batch}/results`,
    warn: (message: string) => ports.warn(message, { provider: target.account.name, call: exchange.id }),
    bill: { call, account: target.account, owners },
  };
  const results = id !== null && ((collection.kind === "message-batch" && tail === "/results") || (collection.kind === "file" && tail === "/content") || (collection.kind === "gemini-file" && tail === ":download")) ? { kind: collection.kind, id } : null;
  const isDeleted = exchange.method === "DELETE" && tail === "";
  return {
    targets,
    title: `${collection.title} objects`,
    dialect: collection.caller.name,
    fields: collection.fields,
    method: exchange.method,
    // What a page is behind was made with the first key, and is nothing to the others.
    path: ({ keyName }) => place + withQuery(query, keyName === target.keyName ? {} : { [collection.pageAfter]: null }),
    body: () => sent,
    ...(results && { watch: () => resultsWatch(results, parts.bill) }),
    read: async (body) => {
      for (const { keyName } of targets.slice(0, targets.findIndex((each) => each.keyName === call.keyName))) if (keyName !== undefined) missed.add(keyName);
      if (collection.google && id === null && exchange.method === "GET") return await readGoogleList(body, parts, collection.google.list);
      if (id === null && exchange.method === "GET") return await readList(body, parts);
      if (isDeleted && id !== null) await owners.forget(collection.kind, id).catch(() => {});
      if (collection.kind === "gemini-batch") return await readGoogleBatch(body, parts, id === null);
      if (collection.google) return await readGoogleObject(body, parts, id === null);
      return await readObject(body, parts, id === null);
    },
  };
}

async function nextPage({ call, target, collection, key }: { call: AiCall; target: ModelTarget; collection: Collection; key: string | undefined }, path: string): Promise<JsonObject | null> {
  const request = outgoing({ call, target, path, fields: passedFields(call.exchange.rawHeaders, collection.fields), body: null, method: "GET" });
  const { ports } = call;
  const { keys } = target.account;
  const taken = key === undefined ? keys.take(ports.now()) : keys.named(key);
  try {
    await taken?.authorize(request, { transport: ports.transport, now: () => ports.now() });
  } catch {
    return null;
  }
  const answer = await fetchBody(call.ports.transport, request, { maxBytes: 16 * 1024 * 1024, withinMs: target.account.timeouts.firstByteMs });
  if (taken && answer && answer.status !== 200) keys.failed(taken, { status: answer.status, fields: [], model: target.model }, ports.now());
  return (answer?.status === 200 && asObject(tryParseJson(answer.body.toString("utf8")))) || null;
}

/** Without the caller's own key, which may stand in it. */
export function queryOf(target: string): URLSearchParams {
  const query = new URLSearchParams(target.includes("?") ? target.slice(target.indexOf("?")) : "");
  query.delete("key");
  return query;
}

export function withQuery(query: URLSearchParams, change: Record<string, string | null>): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) changed.delete(name);
    else changed.set(name, value);
  }
  return changed.size === 0 ? "" : `?${changed.toString()}`;
}
