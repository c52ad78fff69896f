/**
 * Bedrock's InvokeModel and InvokeModelWithResponseStream, towards callers: the body is the model's own, the model stands in
 * the path. What goes to Bedrock goes as it came; elsewhere only what is written for Anthropic's models can be read, and is
 * a messages request. Hides where each maker's bodies tell usage, and AWS's framing. May import the conversation model, the
 * framing, and the dialects of Anthropic and of Converse.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 */
import type { CallerDialect, EncodingContext, Frame, StreamEncoder } from "../../conversation/dialect.ts";
import type { Usage } from "../../conversation/answer.ts";
import type { Conversation } from "../../conversation/conversation.ts";
import { asObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { exceptionMark } from "../../framing/aws-event-stream-reader.ts";
import { anthropicMessagesCaller } from "../anthropic-messages/dialect.ts";
import { parseCountedMessages, parseMessagesRequest } from "../anthropic-messages/parse-request.ts";
import { bedrockConverseCaller } from "../bedrock-converse/caller.ts";
import { awsFraming, exceptionFrame } from "../bedrock-converse/framing.ts";
import { writeConverseError } from "../bedrock-converse/write-error.ts";
import { messagesInvocation, nativeInvocation } from "./pass-through.ts";
import { metricsMember, metricsOf } from "./usage.ts";

const versionMember = "anthropic_version";

/** Which of the two a body is for, which has at least that of `headMembers` that it has. */
export function invokingCaller(head: JsonObject): CallerDialect {
  return typeof head[versionMember] === "string" ? invokeMessagesCaller : invokeNativeCaller;
}

export const invokeHeadMembers: readonly string[] = [versionMember];

const invoking = {
  form: "invoke",
  framing: { contentType: awsFraming.contentType, write: (frame: Frame) => awsFraming.write(frame.event.startsWith(exceptionMark) ? frame : chunkOf(frame)) },
  headMembers: invokeHeadMembers,
  wantsUsage: () => true,
  writeError: writeConverseError,
} as const;

const invokeMessagesCaller: CallerDialect = {
  ...anthropicMessagesCaller,
  ...invoking,
  passes: { dialect: "bedrock-converse", by: messagesInvocation },
  parseRequest: (body) => parseMessagesRequest(asMessages(body)),
  streamEncoder: (context) => new InvocationEncoder(context),
};

const invokeNativeCaller: CallerDialect = {
  ...bedrockConverseCaller,
  ...invoking,
  passes: { dialect: "bedrock-converse", by: nativeInvocation },
  parseRequest: () => refuseParameter("unsupported-parameter", "body", "only Bedrock reads this model's own body: it can be translated, or its answer be looked at, where it is written for Anthropic's models, with an anthropic_version, and by Converse for every model"),
};

/** What a count is asked of. */
export function parseInvocation(body: JsonObject): Conversation {
  return parseCountedMessages(asMessages(body));
}

export function isMessagesInvocation(body: JsonObject): boolean {
  return typeof body[versionMember] === "string";
}

/** The endpoint says which model and whether it is a stream. */
function asMessages({ [versionMember]: _version, ...body }: JsonObject): JsonObject {
  return { ...body, model: "-" };
}

function chunkOf({ data }: Frame): Frame {
  return { event: "chunk", data: JSON.stringify({ bytes: Buffer.from(data).toString("base64") }) };
}

/** Events of messages; the last one has the counts where Bedrock's clients look for them. */
class InvocationEncoder implements StreamEncoder {
  readonly #events: StreamEncoder;
  #usage: Usage | undefined;

  constructor(context: EncodingContext) {
    this.#events = anthropicMessagesCaller.streamEncoder(context);
  }

  step(event: Parameters<StreamEncoder["step"]>[0]): readonly Frame[] {
    if (event.type === "usage") this.#usage = event.usage;
    const frames = this.#events.step(event);
    return event.type === "end" ? frames.map((frame) => (frame.event === "message_stop" ? this.#withMetrics(frame) : frame)) : frames;
  }

  fail(error: Parameters<StreamEncoder["fail"]>[0]): readonly Frame[] {
    return [exceptionFrame(error)];
  }

  #withMetrics({ event, data }: Frame): Frame {
    return { event, data: JSON.stringify({ ...asObject(tryParseJson(data)), ...(this.#usage && { [metricsMember]: metricsOf(this.#usage) }) }) };
  }
}
