/** One call of a collection: finds the provider, sends what came, and reads the answer for whose it is. */
import { baseUrl } from "../../../exchange/host.ts";
import type { Handler } from "../../../pipeline/policy.ts";
import { RefusalError } from "../../../exchange/answer.ts";
import { AiCall } from "../../calls/ai-call.ts";
import { failureOfRefusal } from "../../calls/call-failure.ts";
import { planMedia } from "../../calls/plan-media.ts";
import type { PassedMedia } from "../../calls/plan-media.ts";
import { outgoing, passedFields } from "../../calls/outgoing-request.ts";
import { answerFailure } from "../../calls/run-call.ts";
import { asObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { fetchBody } from "../../models/fetch-body.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import type { EndpointParts } from "../endpoint-parts.ts";
import { consumerOf } from "../pinning.ts";
import { RequestBody } from "../request-body.ts";
import { resultsWatch } from "./batch-bill.ts";
import type { Collection } from "./collections.ts";
import { readGoogleBatch } from "./google-batch.ts";
import { keepToken, readGoogleList, readGoogleObject } from "./google-answer.ts";
import { readList, readObject } from "./kept-answer.ts";
import type { NextPage } from "./kept-answer.ts";
import { destination } from "./kept-destination.ts";
import type { Destination, KeptPath } from "./kept-destination.ts";
import { queryOf, withQuery } from "./kept-query.ts";
import { namingMissed } from "./keys-of-list.ts";

const noBody = new RequestBody(Buffer.from("{}"), []);

export function callKept(path: KeptPath, { directory, prices, ports, ask, judgesLater }: EndpointParts, owners: ObjectOwners): Handler {
  const { collection } = path;
  return async (exchange, sink) => {
    exchange.record.dialectIn = collection.caller.name;
    const missed = new Set<string>();
    const call = new AiCall({ exchange, sink: namingMissed(sink, missed, collection.title), caller: collection.caller, body: noBody, model: "", stream: false, includeUsage: true, ports, prices });
    try {
      const passed = passedKept(path, { call, ...(await destination(path, call, { directory, owners, judgesLater })), owners, missed });
      const { targets } = passed;
      await ask(call, targets, {
        isJudged: true,
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
