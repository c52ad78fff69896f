// Hot path: every call of messages that goes to Bedrock in Anthropic's own words passes here.
/** A messages request on its way through InvokeModel: its bytes stay, but for what stands elsewhere there; the stream comes out of AWS's framing. */
import { isList } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { PassThrough, RequestChange } from "../../conversation/pass-through.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { closeTail, removal } from "../../raw-json/member-removal.ts";
import { memberValue, spliceToSend, topLevelMembers } from "../../raw-json/top-level-members.ts";
import type { Replacement, TopLevel } from "../../raw-json/top-level-members.ts";
import { anthropicMessagesPassThrough } from "../anthropic-messages/pass-through.ts";
import { modelPath } from "../bedrock-converse/model-path.ts";
import { takenBetas } from "./betas.ts";
import { InvokedStream } from "./invoked-stream.ts";

export const invocationVersion = "bedrock-2023-05-31";

export function verbOf({ stream }: { stream: boolean }): string {
  return stream ? "invoke-with-response-stream" : "invoke";
}

/** What only Anthropic runs or keeps, and what Bedrock does not fetch: all of it is looked at where the request is read. */
const lookedAt = ['"web_search_', '"web_fetch_', '"code_execution_', '"mcp_servers"', '"mcp_toolset"', '"container"', '"file_id"', '"server_tool_use"', '"mcp_tool_use"'].map((word) => Buffer.from(word));
const addressed = Buffer.from('"url"');

export const invokedMessages: PassThrough = {
  ...anthropicMessagesPassThrough,
  path: ({ model, stream }) => `${modelPath(model)}/${verbOf({ stream })}`,
  requestFields: new Set(["trace", "guardrailidentifier", "guardrailversion", "performanceconfig-latency", "service-tier"].map((name) => `x-amzn-bedrock-${name}`)),
  requiredFields: ["accept", "application/json"],
  mayPass: (body, kind) => anthropicMessagesPassThrough.mayPass(body, kind) && !lookedAt.some((word) => body.includes(word)) && !namesAddress(body),
  rewriteRequest,
  isOther: (body) => topLevelMembers(body, ["output"])?.members["output"] !== undefined,
  stream: ({ rename, translated }) => new InvokedStream(rename, translated),
};

/** In a text the quotes would have a backslash before them, so that this finds sources alone. */
function namesAddress(body: Buffer): boolean {
  for (let at = body.indexOf(addressed); at !== -1; at = body.indexOf(addressed, at + addressed.length)) {
    if (/"type"\s*:\s*$/.test(body.toString("latin1", Math.max(0, at - 40), at))) return true;
  }
  return false;
}

const apart = ["model", "stream", "anthropic_version", "anthropic_beta", "service_tier"];

function rewriteRequest(body: Buffer, _head: JsonObject, change: RequestChange): Buffer | readonly Buffer[] {
  const found = topLevelMembers(body, apart);
  const model = found?.members["model"];
  if (!found || !model) return refuseParameter("invalid-request", "model", "model is missing; it has to be a string");
  if (found.isAmbiguous) return refuseParameter("invalid-request", "model", "a member is there twice");
  const { members } = found;
  if (members["service_tier"]) change.notes?.dropped("service_tier", "Bedrock takes it in a field of its own, and of Converse only");
  const elsewhere = Object.entries(members).flatMap(([name, range]) => (name === "model" ? [] : [removal(body, range)]));
  const removed = closeTail(body, elsewhere.sort(byStart));
  const opening = { start: model.keyStart, end: model.valueEnd, text: openingOf(betasOf(body, found, change)) };
  return spliceToSend(body, [opening, ...removed].sort(byStart));
}

function byStart(one: Replacement, other: Replacement): number {
  return one.start - other.start;
}

/** In the place of the model's name. */
function openingOf(betas: readonly string[]): string {
  const version = `"anthropic_version":${JSON.stringify(invocationVersion)}`;
  return betas.length === 0 ? version : `${version},"anthropic_beta":${JSON.stringify(betas)}`;
}

/** Named in the body, as clouds have it, or in the header field. */
function betasOf(body: Buffer, { members }: TopLevel, { rawHeaders = [], notes }: RequestChange): readonly string[] {
  const written = members["anthropic_beta"] && memberValue(body, members["anthropic_beta"]);
  const named = isList(written) ? written.filter((beta) => typeof beta === "string") : [];
  for (let index = 0; index < rawHeaders.length; index += 2) if (rawHeaders[index]?.toLowerCase() === "anthropic-beta") named.push(rawHeaders[index + 1] ?? "");
  return named.length === 0 ? named : takenBetas(named.join(","), notes);
}
