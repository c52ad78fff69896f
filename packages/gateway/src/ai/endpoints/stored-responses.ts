/**
 * Responses that a provider keeps: `GET` and `DELETE /v1/responses/{id}`, `GET …/input_items`, `POST …/cancel`. They go to
 * the provider that made the response; to the only one that keeps responses where that is not known.
 */
import { RefusalError } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { AiCall } from "../calls/ai-call.ts";
import { planPassed } from "../calls/plan-passing.ts";
import type { Passed } from "../calls/plan-passing.ts";
import type { Usage } from "../conversation/answer.ts";
import { asText } from "../conversation/json.ts";
import type { JsonValue } from "../conversation/json.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import { openAiResponsesCaller, openAiResponsesProvider } from "../dialects/openai-responses/dialect.ts";
import { isUnfinished } from "../dialects/openai-responses/finish-reason.ts";
import { parseUsage } from "../dialects/openai-responses/usage.ts";
import { plainTarget } from "../models/model-directory.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import type { ModelTarget } from "../models/model-target.ts";
import type { ObjectOwners } from "../models/object-owners.ts";
import { dialectTowards } from "../models/provider-account.ts";
import { memberValue, topLevelMembers } from "../raw-json/top-level-members.ts";
import type { BackgroundBills } from "./background-bills.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import { ownerFor, severalMayHave, unknownResponse } from "./pinning.ts";
import { RequestBody } from "./request-body.ts";

const paths = /^\/v1\/responses\/([\w-]{1,256})(\/input_items|\/cancel)?$/;
const noBody = Buffer.from("{}");

/** Null where the path is no stored response's. */
export function storedResponse(path: string): { methods: readonly string[]; id: string; tail: string } | null {
  const match = paths.exec(path);
  if (!match) return null;
  const [, id = "", tail = ""] = match;
  return { methods: tail === "/cancel" ? ["POST"] : tail === "/input_items" ? ["GET"] : ["GET", "DELETE"], id, tail };
}

export function passStored({ id, tail }: { id: string; tail: string }, { directory, prices, ports, ask }: EndpointParts, { owners, bills }: { owners: ObjectOwners; bills: BackgroundBills }): Handler {
  const { name, passThrough } = openAiResponsesProvider;
  return async (exchange, sink) => {
    const { method, target } = exchange;
    const query = target.includes("?") ? target.slice(target.indexOf("?")) : "";
    const stream = new URLSearchParams(query).get("stream") === "true";
    const passed: Passed = {
      title: "stored responses",
      dialect: name,
      fields: { requestFields: passThrough?.requestFields ?? new Set(), requiredFields: [] },
      path: () => `/responses/${id}${tail}${query}`,
      method,
      body: () => (method === "POST" ? noBody : null),
      done: async (asking, at, answer) => {
        if (method === "DELETE") await owners.forget("response", id).catch(() => {});
        else if (tail !== "/input_items") await countFinished(id, answer, { call: asking, target: at, bills });
      },
    };
    exchange.record.dialectIn = name;
    exchange.record.stream = stream;
    const call = new AiCall({ exchange, sink, caller: openAiResponsesCaller, body: new RequestBody(noBody, []), model: "", stream, includeUsage: true, ports, prices });
    // What it was made for is paid or reserved already, and may be fetched when nothing is left.
    await ask(call, [await keeper(id, exchange, { directory, owners })], {
      isFree: true,
      isJudged: true,
      plan: (planned, at, dialect) => planPassed(planned, at, { dialect, passed }),
      inside: () => refuseParameter("unsupported-parameter", "model", "the sandbox keeps no responses"),
    });
  };
}

/** One that its provider went on with after the call that made it. A stream is heard to the end of the response. */
async function countFinished(id: string, { body, usage }: { body: Buffer | null; usage?: Usage | undefined }, { call, target, bills }: { call: AiCall; target: ModelTarget; bills: BackgroundBills }): Promise<void> {
  if (body === null) return usage && bills.count({ id, usage, hasFailed: false }, call, target);
  const members = topLevelMembers(body, ["background", "status", "usage", "service_tier"])?.members;
  const read = (name: string): JsonValue | undefined => (members?.[name] ? memberValue(body, members[name]) : undefined);
  const status = asText(read("status"));
  if (read("background") !== true || isUnfinished(status)) return;
  await bills.count({ id, usage: parseUsage(read("usage"), read("service_tier")), hasFailed: status === "failed" }, call, target);
}

async function keeper(id: string, exchange: Exchange, { directory, owners }: { directory: ModelDirectory; owners: ObjectOwners }): Promise<ModelTarget> {
  const capable = directory.usable().filter((account) => dialectTowards(account, "openai-responses")?.name === "openai-responses");
  const owner = await ownerFor(owners, { kind: "response", id }, exchange);
  const [account, ...others] = owner ? capable.filter(({ name }) => name === owner.provider) : capable;
  if (!account) throw new RefusalError(unknownResponse(id));
  if (others.length > 0) throw new RefusalError(severalMayHave(id, capable.map(({ name }) => name)));
  return plainTarget(account, "", owner?.key);
}
