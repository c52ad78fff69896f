/** A whole answer as the events of a stream, for providers that do not stream and callers who asked for it. */
import type { Answer, Choice } from "./answer.ts";
import type { AssistantPart } from "./content.ts";
import type { BlockContent, StreamEvent } from "./stream-event.ts";

/** `pieces` cuts a text into the deltas to send; without it a text is one delta. */
export function eventsOfAnswer(answer: Answer, pieces: (text: string) => readonly string[] = (text) => [text]): StreamEvent[] {
  const { id, model, createdAt, serviceTier, systemFingerprint } = answer;
  const events: StreamEvent[] = [{ type: "start", id, model, createdAt, serviceTier, systemFingerprint }];
  for (const [index, choice] of answer.choices.entries()) pushChoice(events, { choice, index, pieces });
  if (answer.usage) events.push({ type: "usage", usage: answer.usage });
  events.push({ type: "end" });
  return events;
}

function pushChoice(events: StreamEvent[], { choice, index, pieces }: { choice: Choice; index: number; pieces: (text: string) => readonly string[] }): void {
  if (choice.logprobs !== undefined) events.push({ type: "logprobs", choice: index, logprobs: choice.logprobs });
  for (const [block, part] of choice.parts.entries()) {
    const content = contentOf(part);
    if (!content) {
      events.push({ type: "part", choice: index, block, part });
      continue;
    }
    events.push({ type: "block-start", choice: index, block, content });
    if (part.type === "tool-call" && part.arguments !== "") events.push({ type: "arguments-delta", choice: index, block, json: part.arguments });
    if ("text" in part) for (const text of pieces(part.text)) events.push({ type: "text-delta", choice: index, block, text });
    if (part.type === "text") for (const citation of part.citations ?? []) events.push({ type: "citation", choice: index, block, citation });
    if ((part.type === "text" || part.type === "reasoning") && part.signature) events.push({ type: "signature", choice: index, block, signature: part.signature });
    events.push({ type: "block-end", choice: index, block });
  }
  events.push({ type: "finish", choice: index, reason: choice.finish });
}

/** Null for a part that comes whole. */
function contentOf(part: AssistantPart): BlockContent | null {
  switch (part.type) {
    case "text":
    case "refusal":
      return { type: part.type };
    case "reasoning":
      return part.redacted ? null : { type: "reasoning" };
    case "tool-call":
      return { type: "tool-call", id: part.id, name: part.name, custom: part.custom, namespace: part.namespace, signature: part.signature };
    case "image":
    case "audio":
    case "native":
      return null;
  }
}
