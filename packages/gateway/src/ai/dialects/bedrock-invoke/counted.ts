/** Bedrock's CountTokens, towards callers: what Converse or an invocation would be sent, without being sent. */
import type { Conversation } from "../../conversation/conversation.ts";
import type { CallerDialect } from "../../conversation/dialect.ts";
import { isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { optionalObject, refuseParameter, requiredObject, requiredText } from "../../conversation/parameters.ts";
import { bedrockConverseCaller } from "../bedrock-converse/caller.ts";
import { parseConverseRequest } from "../bedrock-converse/parse-request.ts";
import { isMessagesInvocation, parseInvocation } from "./caller.ts";

export const countingCaller: CallerDialect = { ...bedrockConverseCaller, form: "count", parseRequest: parseCounted };

function parseCounted(body: JsonObject): Conversation {
  const input = requiredObject(body, "input");
  const converse = optionalObject(input, "converse", "input");
  if (converse) return parseConverseRequest(converse);
  const invocation = optionalObject(input, "invokeModel", "input") ?? refuseParameter("invalid-request", "input", "input has to have converse or invokeModel");
  const text = Buffer.from(requiredText(invocation, "body", "input.invokeModel"), "base64").toString("utf8");
  const own = tryParseJson(text);
  if (!isObject(own)) return refuseParameter("invalid-request", "input.invokeModel.body", "input.invokeModel.body has to be a JSON object, as base64");
  return isMessagesInvocation(own) ? parseInvocation(own) : parseConverseRequest({ messages: [{ role: "user", content: [{ text }] }] });
}
