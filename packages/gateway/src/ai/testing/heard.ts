/** What an application of each dialect finds in an answer, read from its JSON or from its events as its reference says. */
import type { From, Json } from "./checklist-bench.ts";

interface HeardCall {
  name: string;
  arguments: unknown;
}

/** `answer` is a whole answer, or the text of a stream. */
export function callsOf(from: From, answer: Json | string): HeardCall[] {
  const found = typeof answer === "string" ? streamed[from](framesOf(answer)) : whole[from](answer);
  // Where no piece of them came there are none.
  return found.map((call) => ({ name: call.name, arguments: typeof call.arguments === "string" ? (JSON.parse(call.arguments || "{}") as unknown) : call.arguments }));
}

/** The data of each event. */
export function framesOf(text: string): Json[] {
  return text.split(/\r?\n\r?\n/).flatMap((event) => {
    const data = /^data: ?(.*)$/m.exec(event)?.[1];
    return data === undefined || data === "[DONE]" ? [] : [JSON.parse(data) as Json];
  });
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

function object(value: unknown): Json {
  return (value ?? {}) as Json;
}

const geminiCalls = (answer: Json): HeardCall[] =>
  list(object(object(list(answer["candidates"])[0])["content"])["parts"]).flatMap((part) => (part["functionCall"] ? [{ name: String(object(part["functionCall"])["name"]), arguments: object(part["functionCall"])["args"] }] : []));

const whole: Record<From, (answer: Json) => HeardCall[]> = {
  chat: (answer) => list(object(list(answer["choices"])[0]?.["message"])["tool_calls"]).map((call) => ({ name: String(object(call["function"])["name"]), arguments: object(call["function"])["arguments"] })),
  responses: (answer) => list(answer["output"]).filter((item) => item["type"] === "function_call").map((item) => ({ name: String(item["name"]), arguments: item["arguments"] })),
  messages: (answer) => list(answer["content"]).filter((block) => block["type"] === "tool_use").map((block) => ({ name: String(block["name"]), arguments: block["input"] })),
  gemini: geminiCalls,
};

interface Piece {
  place: number;
  name: unknown;
  piece: unknown;
}

const streamed: Record<From, (frames: readonly Json[]) => HeardCall[]> = {
  chat: (frames) => joined(frames.flatMap((frame) => list(object(list(frame["choices"])[0]?.["delta"])["tool_calls"])).map((call) => ({ place: Number(call["index"]), name: object(call["function"])["name"], piece: object(call["function"])["arguments"] }))),
  responses: (frames) => joined(frames.flatMap((frame): Piece[] => {
    const place = Number(frame["output_index"]);
    const item = object(frame["item"]);
    if (frame["type"] === "response.output_item.added" && item["type"] === "function_call") return [{ place, name: item["name"], piece: item["arguments"] }];
    return frame["type"] === "response.function_call_arguments.delta" ? [{ place, name: undefined, piece: frame["delta"] }] : [];
  })),
  messages: (frames) => joined(frames.flatMap((frame): Piece[] => {
    const place = Number(frame["index"]);
    const block = object(frame["content_block"]);
    const delta = object(frame["delta"]);
    if (block["type"] === "tool_use") return [{ place, name: block["name"], piece: "" }];
    return delta["type"] === "input_json_delta" ? [{ place, name: undefined, piece: delta["partial_json"] }] : [];
  })),
  gemini: (frames) => frames.flatMap(geminiCalls),
};

function joined(pieces: readonly Piece[]): HeardCall[] {
  const calls = new Map<number, { name: string; arguments: string }>();
  for (const { place, name, piece } of pieces) {
    const call = calls.get(place) ?? { name: "", arguments: "" };
    calls.set(place, { name: call.name + (typeof name === "string" ? name : ""), arguments: call.arguments + (typeof piece === "string" ? piece : "") });
  }
  return [...calls.values()];
}
