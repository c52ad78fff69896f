/** The turns of an answer: whole, or a stream put together, whichever dialect it is in. */
import { eventStreamReader } from "../../../api/event-stream.ts";
import { isObject, listOf, type Part, someText, textOf, toolCall, type Turn } from "./said.ts";
import { turnOfItem, turnOfMessage } from "./turns-of-request.ts";

type Json = Record<string, unknown>;

/** Null where the text is no answer of a model. */
export function turnsOfAnswer(text: string): Turn[] | null {
  if (/^\s*[{[]/.test(text)) return turnsOfWhole(parsed(text));
  const events = eventStreamReader()(`${text}\n\n`).flatMap(({ data }) => parsed(data) ?? []).filter(isObject);
  return events.length === 0 ? null : turnsOfEvents(events);
}

function turnsOfWhole(body: unknown): Turn[] | null {
  // Gemini streams an array where nobody asks for events.
  if (Array.isArray(body)) return turnsOfEvents(body.filter(isObject));
  if (!isObject(body)) return null;
  if (Array.isArray(body["choices"])) return body["choices"].flatMap((choice) => (isObject(choice) ? turnOfMessage(choice["message"] ?? { role: "assistant", content: choice["text"] }) : []));
  if (Array.isArray(body["output"])) return body["output"].flatMap(turnOfItem);
  if (Array.isArray(body["candidates"])) return body["candidates"].flatMap((candidate) => (isObject(candidate) ? turnOfMessage(candidate["content"]) : []));
  if (body["type"] === "message" && Array.isArray(body["content"])) return turnOfMessage({ role: "assistant", content: body["content"] });
  if (typeof body["output"] === "string") return [{ who: "assistant", parts: someText("text", body["output"]) }];
  return isObject(body["message"]) ? turnOfMessage(body["message"]) : null;
}

function turnsOfEvents(events: readonly Json[]): Turn[] | null {
  const whole = events.findLast(({ type }) => type === "response.completed" || type === "response.incomplete" || type === "response.failed");
  if (whole && isObject(whole["response"])) return turnsOfWhole(whole["response"]);
  const parts = events.reduce(withEvent, []).filter(({ text }) => text !== "" );
  return parts.length === 0 ? null : [{ who: "assistant", parts }];
}

function withEvent(parts: Part[], event: Json): Part[] {
  const delta = isObject(event["delta"]) ? event["delta"] : {};
  switch (event["type"]) {
    case "content_block_start": {
      const block = isObject(event["content_block"]) ? event["content_block"] : {};
      return block["type"] === "tool_use" ? [...parts, { kind: "tool-call", name: textOf(block["name"]), text: "" }] : parts;
    }
    case "content_block_delta":
      if (typeof delta["partial_json"] === "string") return grown(parts, "tool-call", delta["partial_json"]);
      return grown(grown(parts, "reasoning", textOf(delta["thinking"])), "text", textOf(delta["text"]));
    case "response.output_text.delta":
      return grown(parts, "text", textOf(event["delta"]));
    default:
      return listOf(event["choices"] ?? event["candidates"]).reduce<Part[]>(withChoice, parts);
  }
}

function withChoice(parts: Part[], choice: unknown): Part[] {
  if (!isObject(choice)) return parts;
  if (isObject(choice["content"])) return turnOfMessage({ role: "model", ...choice["content"] }).flatMap((turn) => turn.parts).reduce((all, part) => (part.kind === "text" || part.kind === "reasoning" ? grown(all, part.kind, part.text) : [...all, part]), parts);
  const delta = isObject(choice["delta"]) ? choice["delta"] : { content: choice["text"] };
  const said = grown(grown(parts, "reasoning", textOf(delta["reasoning_content"]) || textOf(delta["reasoning"])), "text", textOf(delta["content"]) || textOf(delta["refusal"]));
  return listOf(delta["tool_calls"]).reduce<Part[]>((all, piece) => (isObject(piece) && isObject(piece["function"]) ? withToolPiece(all, piece["function"]) : all), said);
}

/** A name begins a call; what comes without one goes on with it. */
function withToolPiece(parts: Part[], piece: Json): Part[] {
  return textOf(piece["name"]) ? [...parts, toolCall(piece)] : grown(parts, "tool-call", textOf(piece["arguments"]));
}

function grown(parts: Part[], kind: "text" | "reasoning" | "tool-call", text: string): Part[] {
  if (text === "") return parts;
  const last = parts.at(-1);
  if (last?.kind === kind) return [...parts.slice(0, -1), { ...last, text: last.text + text }];
  return [...parts, kind === "tool-call" ? { kind, name: "", text } : { kind, text }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
