/** AWS's framing of a stream towards callers: each message with its checksums, an exception as one of the framing's own, which the SDKs throw. */
import type { CallerError, CallerFraming, Frame } from "../../conversation/dialect.ts";
import { exceptionMark, writeAwsMessage } from "../../framing/aws-event-stream-reader.ts";
import { exceptionOf, writeConverseError } from "./write-error.ts";

export const awsFraming: CallerFraming = {
  contentType: "application/vnd.amazon.eventstream",
  write({ event, data }: Frame): Buffer {
    const isException = event.startsWith(exceptionMark);
    const name = isException ? { ":exception-type": event.slice(exceptionMark.length) } : { ":event-type": event };
    return writeAwsMessage({ ...name, ":content-type": "application/json", ":message-type": isException ? "exception" : "event" }, Buffer.from(data));
  },
};

export function exceptionFrame(error: CallerError): Frame {
  const type = exceptionOf(error.status);
  return { event: `${exceptionMark}${type.charAt(0).toLowerCase()}${type.slice(1)}`, data: JSON.stringify(writeConverseError(error)) };
}
