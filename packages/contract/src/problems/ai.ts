/** Refusals of AI calls. They are answered in the error shape of the caller's dialect, with `code` and `fix` in it. */
import type { ProblemEntry } from "./entry.ts";

export const aiProblems = {
  "malformed-json": {
    status: 400,
    title: "The body is not JSON",
    cause: "The body of an AI call has to be one JSON object.",
    fix: "Look at the position that the detail names; a trailing comma and an unescaped quote are the usual causes.",
  },
  "invalid-request": {
    status: 400,
    title: "A parameter of the request is wrong",
    cause: "A parameter is missing, has the wrong type or a value outside its range.",
    fix: "Correct the parameter that the answer names in `param`.",
  },
  "unsupported-parameter": {
    status: 400,
    title: "The model's provider cannot do what the parameter asks",
    cause: "The parameter changes the answer and the provider's API has nothing like it, so it is refused and not dropped in silence.",
    fix: "Leave the parameter out, or choose a model of a provider that has it.",
  },
  "unknown-model": {
    status: 404,
    title: "No provider has this model",
    cause: "The name is neither a configured alias, nor provider/model of a configured provider, nor a model that a configured provider is known to have.",
    fix: "Use one of the models that GET /v1/models lists.",
    example: "curl http://127.0.0.1:8080/v1/models -H \"Authorization: Bearer $PARLEY_KEY\"",
  },
  "no-target-matches": {
    status: 400,
    title: "No target of the model may answer this call",
    cause: "Every target of the model has conditions (`when`) on the name, the consumer, header fields or the size of the body, and none of them holds.",
    fix: "Send what the conditions ask for, or ask whoever runs this gateway for a target without conditions.",
  },
  "unknown-response": {
    status: 404,
    title: "No provider is known to have this response",
    cause: "The response is another consumer's, or it was not made through this gateway and several providers keep responses.",
    fix: "Check the id; where several providers keep responses, send all of the conversation instead of its last id.",
  },
  "unknown-object": {
    status: 404,
    title: "There is no such object at a provider",
    cause: "The file, batch, upload or conversation is another consumer's, was deleted, or was not made through this gateway.",
    fix: "Check the id, and use the key of the consumer that made it.",
  },
  "token-limit": {
    status: 429,
    title: "The token limit is used up",
    cause: "What is left of a limit on tokens, less what calls under way have reserved, is not enough for this call: its input and the most that it may put out.",
    fix: "Wait as long as Retry-After says, ask for less output (max_tokens), or ask for a higher limit.",
  },
  "budget-exhausted": {
    status: 429,
    title: "The budget is used up",
    cause: "What is left of a limit on cost, less what calls under way have reserved, is not enough for what this call can cost.",
    fix: "Wait for the next period, ask for less output (max_tokens) or a cheaper model, or ask for a higher budget.",
  },
  "budget-unavailable": {
    status: 503,
    title: "The budget cannot be counted now",
    cause: "The caller has a limit on tokens or cost, and the ledger that keeps it does not answer; what cannot be counted is not spent.",
    fix: "Repeat the call after Retry-After; whoever runs this gateway looks at the ledger under Status.",
  },
  "price-unknown": {
    status: 403,
    title: "No price of the model is known",
    cause: "The caller has a limit on cost, the model has no price in the catalogue or the configuration, and `ai.unpriced` is refuse.",
    fix: "Whoever runs this gateway writes the model's price under ai.prices, or sets ai.unpriced to admit.",
  },
  "conversation-busy": {
    status: 409,
    title: "Another turn of the conversation is under way",
    cause: "Two calls go on from the same stored conversation or response at once, and turns come one after the other.",
    fix: "Repeat the very same request after the time in Retry-After, once the other turn has its answer; or let turns queue with ai.conversations.conflicts: order.",
  },
  "guardrail-blocked": {
    status: 400,
    title: "A guardrail refuses the call",
    cause: "A guardrail of this gateway found something in the request or in the answer that may not pass, or the request breaks one of its rules.",
    fix: "Take out what the detail names, by its kind; whoever runs this gateway decides on guardrails under ai.guardrails.",
  },
  "guardrail-unavailable": {
    status: 503,
    title: "A guardrail cannot be asked now",
    cause: "A guardrail asks a webhook, which did not answer in time or not with a verdict; without one nothing passes, unless `onError: pass` is set.",
    fix: "Repeat the call after Retry-After; whoever runs this gateway looks at the webhook.",
  },
  "unknown-prompt": {
    status: 404,
    title: "There is no such prompt",
    cause: "No prompt is published under this name, or it has not this version.",
    fix: "Use one that the detail names; GET /prompts lists them all.",
  },
  "invalid-variable": {
    status: 400,
    title: "A variable of the prompt is missing or wrong",
    cause: "A variable that the prompt requires was not sent, has another type or a value outside of what is allowed, or is none of the prompt's.",
    fix: "Correct the variable that the answer names in `param`; GET /prompts/{name}/openapi.json describes them.",
  },
  "provider-key-missing": {
    status: 503,
    title: "The provider has no API key",
    cause: "The provider is configured without a key, so it cannot be called.",
    fix: "Set the environment variable that the detail names and start Parley again, or enter the key in the console under AI, Providers.",
  },
  "provider-unauthorized": {
    status: 502,
    title: "The provider refused the gateway's own key",
    cause: "The provider answered 401 or 403: the key that the gateway holds is wrong, expired or lacks a right. The caller's key is fine.",
    fix: "Whoever runs this gateway replaces the provider's key.",
  },
  "provider-error": {
    status: 502,
    title: "The provider answered with an error",
    cause: "The provider's own refusal, passed on with its status and message.",
    fix: "Read the provider's message.",
  },
  "provider-unreachable": {
    status: 502,
    title: "The provider could not be reached",
    cause: "No connection to the provider could be made.",
    fix: "Check the network and the provider's baseUrl.",
  },
  "provider-timeout": {
    status: 504,
    title: "The provider did not answer in time",
    cause: "No answer began within the provider's timeouts.firstByte, or a stream paused for longer than timeouts.idle.",
    fix: "Raise the timeout, or choose another model.",
  },
  "provider-broken": {
    status: 502,
    title: "The provider's answer is cut or not understood",
    cause: "The answer ended before it was complete, or is not what the provider's API promises.",
    fix: "Repeat the call; if it stays, look at the provider's status page.",
  },
} as const satisfies Record<string, ProblemEntry>;
