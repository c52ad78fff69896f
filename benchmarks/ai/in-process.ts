/**
 * What translating costs, in process and without sockets: a conversation of 4 KB there and its answer back, and a chunk of a
 * stream. It knows the gateway's inside, because that alone is what it measures.
 */
import { TranslatedStream } from "../../packages/gateway/src/ai/calls/stream-stage.ts";
import type { ProviderDialect } from "../../packages/gateway/src/ai/conversation/dialect.ts";
import type { JsonObject } from "../../packages/gateway/src/ai/conversation/json.ts";
import type { PassThroughStream } from "../../packages/gateway/src/ai/conversation/pass-through.ts";
import { TranslationNotes } from "../../packages/gateway/src/ai/conversation/translation-notes.ts";
import { providerDialects } from "../../packages/gateway/src/ai/dialects/provider-dialects.ts";
import { openAiChatCaller } from "../../packages/gateway/src/ai/dialects/openai-chat/dialect.ts";
import { frameReader } from "../../packages/gateway/src/ai/framing/readers.ts";
import { anthropicMessage, text } from "../mock/fixtures.ts";
import { anthropicScript, openaiScript } from "../mock/stream-scripts.ts";

export interface InProcessFigure {
  title: string;
  goal: string;
  /** Microseconds of CPU, one a round. */
  rounds: number[];
}

const decoding = { makeId: (prefix: string) => `${prefix}AAAAAAAAAAAAAAAAAAAAAAAA` };
const encoding = { model: "assistant", callId: "call", nowSeconds: 1_760_000_000, includeUsage: true };
const anthropic = providerDialects["anthropic-messages"];
const chunksPerStream = 500;

/** Turns of a conversation with tools, 4 KB of JSON. */
const conversation = JSON.stringify({
  model: "assistant",
  messages: [
    { role: "system", content: `You are a careful assistant. ${text(600)}` },
    ...[1, 2, 3].flatMap((turn) => [
      { role: "user", content: `Question ${turn}. ${text(300)}` },
      { role: "assistant", content: null, tool_calls: [{ id: `call_${turn}`, type: "function", function: { name: "look_up", arguments: JSON.stringify({ city: "Köln", days: turn }) } }] },
      { role: "tool", tool_call_id: `call_${turn}`, content: text(200) },
      { role: "assistant", content: text(200) },
    ]),
    { role: "user", content: `And now? ${text(200)}` },
  ],
  tools: [{ type: "function", function: { name: "look_up", description: "Looks something up.", parameters: { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } }, required: ["city"] } } }],
  temperature: 0.7,
  max_tokens: 1024,
});

export function measureInProcess(rounds: number): InProcessFigure[] {
  const request = Buffer.from(conversation);
  const answer = Buffer.from(anthropicMessage);
  const translated = { reader: () => streamOf(anthropic), bytes: chunks(anthropicScript) };
  const passed = (rename: string | null) => ({ reader: (): PassThroughStream => passThrough(rename), bytes: chunks(openaiScript) });
  const cases: [title: string, goal: string, units: number, run: () => void][] = [
    [`translating a conversation of ${(request.length / 1024).toFixed(1)} KiB, OpenAI's to Anthropic's`, "< 100 µs", 1, () => translateRequest(request)],
    ["translating its answer of 1 KB back", "", 1, () => translateAnswer(answer)],
    ["a chunk of a translated stream, Anthropic's to OpenAI's", "< 10 µs", chunksPerStream, () => push(translated)],
    ["a chunk of a stream that passes, its model named otherwise", "< 10 µs", chunksPerStream, () => push(passed("assistant"))],
    ["a chunk of a stream that passes as it is", "< 10 µs", chunksPerStream, () => push(passed(null))],
  ];
  const figures = cases.map(([title, goal]): InProcessFigure => ({ title, goal, rounds: [] }));
  // Interleaved; the first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [index, [, , units, run]] of cases.entries()) {
      const micros = microsPer(run, units === 1 ? 5000 : 40) / units;
      if (round > 0) figures[index]?.rounds.push(micros);
    }
  }
  return figures;
}

function microsPer(run: () => void, times: number): number {
  const before = process.cpuUsage();
  for (let count = 0; count < times; count++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

function translateRequest(bytes: Buffer): Buffer {
  const conversationOf = openAiChatCaller.parseRequest(JSON.parse(bytes.toString("utf8")) as JsonObject);
  const { body } = anthropic.writeRequest(conversationOf, { model: "claude-sonnet-4-5", stream: false }, new TranslationNotes());
  return Buffer.from(JSON.stringify(body));
}

function translateAnswer(bytes: Buffer): Buffer {
  const answer = anthropic.parseAnswer(JSON.parse(bytes.toString("utf8")) as JsonObject, decoding);
  if ("kind" in answer) throw new Error(answer.message);
  return Buffer.from(JSON.stringify(openAiChatCaller.writeAnswer(answer, encoding)));
}

function streamOf(dialect: ProviderDialect): TranslatedStream {
  return new TranslatedStream({ reader: frameReader(dialect.framing), decoder: dialect.streamDecoder(decoding), encoder: openAiChatCaller.streamEncoder(encoding) });
}

function passThrough(rename: string | null): PassThroughStream {
  const stream = providerDialects["openai-chat"].passThrough?.stream({ rename, includeUsage: true });
  if (!stream) throw new Error("OpenAI's dialect does not pass");
  return stream;
}

/** One read from a socket each, as they come from a model. */
function chunks(script: typeof anthropicScript): Buffer[] {
  const pieces = Array.from({ length: chunksPerStream }, (_, index) => script.chunk(` word ${index}`));
  return [script.opening, ...pieces, script.closing(chunksPerStream)].map((piece) => Buffer.from(piece));
}

function push({ reader, bytes }: { reader: () => PassThroughStream; bytes: readonly Buffer[] }): void {
  const stream = reader();
  let written = 0;
  for (const chunk of bytes) written += stream.push(chunk).length;
  if (!stream.ended || stream.error || written === 0) throw new Error(`the stream did not come to its end: ${stream.error?.message ?? "no end"}`);
}
