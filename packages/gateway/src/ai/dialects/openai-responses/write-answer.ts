/** A whole answer is what its stream would have ended with. */
import type { Answer } from "../../conversation/answer.ts";
import { eventsOfAnswer } from "../../conversation/answer-events.ts";
import type { EncodingContext } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { ResponsesStreamEncoder } from "./stream-encoder.ts";

export function writeResponsesAnswer(answer: Answer, context: EncodingContext): JsonObject {
  const encoder = new ResponsesStreamEncoder(context, { silent: true });
  for (const event of eventsOfAnswer(answer)) encoder.step(event);
  return encoder.response;
}
