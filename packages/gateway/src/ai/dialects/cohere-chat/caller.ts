/** Cohere's v2 chat, towards callers. */
import type { CallerDialect } from "../../conversation/dialect.ts";
import { knownCohereRequest } from "./known-request.ts";
import { parseCohereRequest } from "./parse-request.ts";
import { CohereStreamEncoder } from "./stream-encoder.ts";
import { writeCohereAnswer } from "./write-answer.ts";
import { writeCohereError } from "./write-error.ts";

export const cohereChatCaller: CallerDialect = {
  name: "cohere-chat",
  parseRequest: parseCohereRequest,
  known: knownCohereRequest,
  headMembers: [],
  // The end of a message always tells it.
  wantsUsage: () => true,
  writeAnswer: writeCohereAnswer,
  streamEncoder: (context) => new CohereStreamEncoder(context),
  writeError: writeCohereError,
};
