/** Converse and ConverseStream, towards callers: the AWS SDKs with a bearer token. A stream is AWS's own framing, each message with its checksums. */
import type { CallerDialect, CallerFraming, Frame } from "../../conversation/dialect.ts";
import { writeAwsMessage } from "../../framing/aws-event-stream-reader.ts";
import { parseConverseRequest } from "./parse-request.ts";
import { ConverseStreamEncoder } from "./stream-encoder.ts";
import { writeConverseAnswer } from "./write-answer.ts";
import { writeConverseError } from "./write-error.ts";

const exceptionMark = "exception:";

const awsFraming: CallerFraming = {
  contentType: "application/vnd.amazon.eventstream",
  write({ event, data }: Frame): Buffer {
    const isException = event.startsWith(exceptionMark);
    const name = isException ? { ":exception-type": event.slice(exceptionMark.length) } : { ":event-type": event };
    return writeAwsMessage({ ...name, ":content-type": "application/json", ":message-type": isException ? "exception" : "event" }, Buffer.from(data));
  },
};

export const bedrockConverseCaller: CallerDialect = {
  name: "bedrock-converse",
  framing: awsFraming,
  parseRequest: parseConverseRequest,
  headMembers: [],
  // The dialect's streams always tell it.
  wantsUsage: () => true,
  writeAnswer: writeConverseAnswer,
  streamEncoder: () => new ConverseStreamEncoder(),
  writeError: writeConverseError,
};
