/** Converse and ConverseStream, towards callers: the AWS SDKs with a bearer token. A stream is AWS's own framing, each message with its checksums. */
import type { CallerDialect } from "../../conversation/dialect.ts";
import { awsFraming } from "./framing.ts";
import { knownConverseRequest } from "./known-request.ts";
import { parseConverseRequest } from "./parse-request.ts";
import { ConverseStreamEncoder } from "./stream-encoder.ts";
import { writeConverseAnswer } from "./write-answer.ts";
import { writeConverseError } from "./write-error.ts";

export const bedrockConverseCaller: CallerDialect = {
  name: "bedrock-converse",
  framing: awsFraming,
  parseRequest: parseConverseRequest,
  known: knownConverseRequest,
  headMembers: [],
  // The dialect's streams always tell it.
  wantsUsage: () => true,
  writeAnswer: writeConverseAnswer,
  streamEncoder: () => new ConverseStreamEncoder(),
  writeError: writeConverseError,
};
