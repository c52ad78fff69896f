import type { CallerError, Frame } from "../../conversation/dialect.ts";
import { asObject } from "../../conversation/json.ts";
import { writeChatError } from "../openai-chat/errors.ts";

/** The event after which clients of this dialect expect nothing more. */
export function errorFrame(error: CallerError, sequenceNumber: number): Frame {
  const { error: body } = writeChatError(error);
  return { event: "error", data: JSON.stringify({ ...asObject(body), type: "error", sequence_number: sequenceNumber }) };
}
