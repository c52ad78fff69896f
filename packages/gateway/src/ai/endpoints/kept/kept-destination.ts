/** Where a call of a collection goes, and with what: to the provider that has the object, or is to have it. What models are to read is judged first. */
import type { Exchange } from "../../../exchange/exchange.ts";
import type { AiCall } from "../../calls/ai-call.ts";
import type { SentBody } from "../../calls/plan-media.ts";
import { requiredText } from "../../conversation/parameters.ts";
import { plainTarget } from "../../models/model-directory.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import type { EndpointParts } from "../endpoint-parts.ts";
import { RequestBody } from "../request-body.ts";
import { openAiBatchFile } from "./batch-files.ts";
import { expectLines } from "./batch-lines.ts";
import { batchedModels } from "./batched-models.ts";
import { cachedModel } from "./cached-model.ts";
import { isReadByModels } from "./collections.ts";
import type { Collection } from "./collections.ts";
import { readPageToken } from "./google-answer.ts";
import { batchTarget } from "./google-batch.ts";
import type { BatchedModel } from "./google-batch.ts";
import { chosenProvider, keeperOf } from "./kept-provider.ts";
import type { KeptParts } from "./kept-provider.ts";
import { queryOf } from "./kept-query.ts";
import { targetsOfList } from "./keys-of-list.ts";
import { namesFiles, pinToFiles } from "./referenced-files.ts";
import { writtenTarget } from "./written-target.ts";

export interface KeptPath {
  collection: Collection;
  /** Null for the collection itself. */
  id: string | null;
  /** What follows the id. */
  tail: string;
  /** Of a batch that is made below its model. */
  batched?: BatchedModel;
}

export interface Destination {
  /** One, or for a list one for each key. */
  targets: readonly [ModelTarget, ...ModelTarget[]];
  sent: SentBody | null;
  /** Where at the provider, for what is not made in the collection itself. */
  place?: string;
}

interface DestinationParts extends KeptParts {
  judgesLater: EndpointParts["judgesLater"];
}

/** Throws a `RefusalError`. */
export async function destination({ collection, id, batched }: KeptPath, call: AiCall, { judgesLater, ...known }: DestinationParts): Promise<Destination> {
  const { exchange } = call;
  const isRequest = exchange.method === "POST" && (id === null ? batched !== undefined || isReadByModels(collection) : collection.isReadLater === true);
  const parts = { ...known, judge: isRequest ? (judgesLater?.(exchange) ?? null) : null };
  if (isRequest && collection.isReadLater) return await writtenTarget({ collection, id }, exchange, parts);
  if (id !== null) return { targets: [await keeperOf({ ...collection, id }, exchange, parts)], sent: streamed(exchange) };
  if (batched) {
    const { target, ...made } = await batchTarget(batched, new RequestBody(await exchange.body.whole(), []).parsed, { call, parts });
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
    const ofMessages = await batchedModels(body.parsed, collection.caller, { exchange, parts });
    const target = plainTarget(ofMessages.account, "");
    const [keeper = target] = namesFiles(body.bytes) ? await pinToFiles({ parsed: () => body.parsed, caller: collection.caller.name }, { exchange, targets: [target], owners: parts.owners }) : [];
    return { targets: [keeper], sent: { contentType: "application/json", pieces: [Buffer.from(JSON.stringify(ofMessages.body))] } };
  }
  const { member, kind } = follows ?? { member: "", kind: collection.kind };
  const followed = requiredText(body.parsed, member);
  const keeper = await keeperOf({ kind, title: kind, id: followed }, exchange, parts);
  await expectLines(openAiBatchFile(followed), keeper, { call, owners: parts.owners, judge: parts.judge });
  return { targets: [keeper], sent: { contentType: "application/json", pieces: [body.bytes] } };
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
