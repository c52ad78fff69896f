/**
 * What a provider ran, translated part by part. OpenAI tells a call and its result in one item, the others each in a part of
 * its own; a call is held until its result is there where they have to become one.
 */
import type { AssistantPart, DialectName, NativePart, TextPart } from "../content.ts";
import { asObject, asObjects, asText, tryParseJson } from "../json.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import type { Teller } from "./told-parts.ts";

export type Speaker = "openai-responses" | "anthropic-messages" | "gemini";

export function isSpeaker(dialect: DialectName): dialect is Speaker {
  return dialect === "openai-responses" || dialect === "anthropic-messages" || dialect === "gemini";
}

type Call = { readonly tool: "code"; readonly id: string; readonly code: string } | { readonly tool: "server"; readonly id: string; readonly server: string; readonly name: string; readonly input: JsonValue };
interface Result {
  readonly tool: Call["tool"];
  readonly id: string;
  readonly output: string;
  readonly failed: boolean;
}
type Step = { readonly call: Call } | { readonly result: Result };

export class Runs implements Teller {
  readonly #to: Speaker;
  #held: Call | null = null;
  #last = 0;

  /** `to` is whose words the runs are to be in. */
  constructor(to: Speaker) {
    this.#to = to;
  }

  static reads(part: NativePart): boolean {
    return read(part, "").length > 0;
  }

  /** The part itself where it tells of no run, or is in the right words. */
  step(part: AssistantPart): readonly AssistantPart[] {
    const steps = part.type === "native" && part.dialect !== this.#to ? read(part, `run_${this.#last}`) : [];
    if (steps.length === 0) return [...this.rest(), part];
    return steps.flatMap((step) => this.#write(step));
  }

  /** A call whose result did not come. */
  rest(): readonly AssistantPart[] {
    const held = this.#held;
    this.#held = null;
    return held ? [openAiItem(held, null)] : [];
  }

  #write(step: Step): readonly AssistantPart[] {
    // Google's parts have no ids: a result belongs to the call before it.
    if ("result" in step) this.#last += 1;
    if (this.#to === "anthropic-messages") return [native(this.#to, "call" in step ? anthropicCall(step.call) : anthropicResult(step.result))];
    if (this.#to === "gemini") return [native(this.#to, "call" in step ? geminiCall(step.call) : geminiResult(step.result))];
    if ("call" in step) {
      const before = this.rest();
      this.#held = step.call;
      return before;
    }
    const held = this.#held ?? { tool: "code", id: step.result.id, code: "" };
    this.#held = null;
    return [openAiItem(held, step.result)];
  }
}

/** In words, for an API that does not take back what it did not run; the part itself where it tells of no run. */
export function textOfRun(part: NativePart): TextPart | NativePart {
  const text = read(part, "").map(inWords);
  return text.length === 0 ? part : { type: "text", text: text.join("\n") };
}

function inWords(step: Step): string {
  if ("result" in step) return `Output:\n${step.result.output}`;
  const { call } = step;
  return call.tool === "code" ? `Code that was run:\n${call.code}` : `Called ${call.name} of ${call.server} with ${JSON.stringify(call.input)}`;
}

function native(dialect: Speaker, value: JsonObject): NativePart {
  return { type: "native", dialect, kind: asText(value["type"]) ?? Object.keys(value)[0] ?? "", value };
}

function read({ dialect, kind, value }: NativePart, id: string): readonly Step[] {
  if (dialect === "openai-responses") return readOpenAi(kind, value);
  if (dialect === "anthropic-messages") return readAnthropic(kind, value);
  return dialect === "gemini" ? readGemini(kind, value, id) : [];
}

function readOpenAi(kind: string, item: JsonObject): readonly Step[] {
  const id = asText(item["id"]) ?? "";
  if (kind === "code_interpreter_call") {
    const logs = asObjects(item["outputs"]).map((output) => asText(output["logs"]) ?? asText(output["url"]) ?? "").join("");
    return [{ call: { tool: "code", id, code: asText(item["code"]) ?? "" } }, { result: { tool: "code", id, output: logs, failed: item["status"] === "failed" } }];
  }
  if (kind !== "mcp_call") return [];
  const error = item["error"] ?? null;
  const output = error === null ? (asText(item["output"]) ?? "") : (asText(error) ?? JSON.stringify(error));
  return [{ call: { tool: "server", id, server: asText(item["server_label"]) ?? "", name: asText(item["name"]) ?? "", input: tryParseJson(asText(item["arguments"]) ?? "") ?? {} } }, { result: { tool: "server", id, output, failed: error !== null } }];
}

function readAnthropic(kind: string, block: JsonObject): readonly Step[] {
  const input = asObject(block["input"]);
  const id = asText(block["id"]) ?? asText(block["tool_use_id"]) ?? "";
  if (kind === "mcp_tool_use") return [{ call: { tool: "server", id, server: asText(block["server_name"]) ?? "", name: asText(block["name"]) ?? "", input: input ?? {} } }];
  if (kind === "mcp_tool_result") return [{ result: { tool: "server", id, output: textsOf(block["content"]), failed: block["is_error"] === true } }];
  const isCode = kind === "server_tool_use" && /^(?:bash_|text_editor_)?code_execution$/.test(asText(block["name"]) ?? "");
  if (isCode) return [{ call: { tool: "code", id, code: asText(input?.["code"]) ?? asText(input?.["command"]) ?? JSON.stringify(input ?? {}) } }];
  if (!/^(?:bash_|text_editor_)?code_execution_tool_result$/.test(kind)) return [];
  const content = asObject(block["content"]) ?? {};
  const failed = asText(content["type"])?.endsWith("_error") === true || (typeof content["return_code"] === "number" && content["return_code"] !== 0);
  const said = (asText(content["stdout"]) ?? "") + (asText(content["stderr"]) ?? "");
  return [{ result: { tool: "code", id, output: said || (asText(content["error_code"]) ?? asText(content["content"]) ?? ""), failed } }];
}

function readGemini(kind: string, part: JsonObject, id: string): readonly Step[] {
  const code = kind === "executableCode" ? asObject(part[kind]) : undefined;
  if (code) return [{ call: { tool: "code", id: asText(code["id"]) ?? id, code: asText(code["code"]) ?? "" } }];
  const result = kind === "codeExecutionResult" ? asObject(part[kind]) : undefined;
  return result ? [{ result: { tool: "code", id: asText(result["id"]) ?? id, output: asText(result["output"]) ?? "", failed: (asText(result["outcome"]) ?? "OUTCOME_OK") !== "OUTCOME_OK" } }] : [];
}

function textsOf(content: JsonValue | undefined): string {
  return asText(content) ?? asObjects(content).map((block) => asText(block["text"]) ?? "").join("");
}

function anthropicId({ tool, id }: Pick<Result, "tool" | "id">): string {
  return `${tool === "server" ? "mcptoolu" : "srvtoolu"}_${id.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}

function anthropicCall(call: Call): JsonObject {
  const id = anthropicId(call);
  if (call.tool === "code") return { type: "server_tool_use", id, name: "code_execution", input: { code: call.code } };
  return { type: "mcp_tool_use", id, name: call.name, server_name: call.server, input: call.input };
}

function anthropicResult(result: Result): JsonObject {
  const { tool, output, failed } = result;
  const place = { tool_use_id: anthropicId(result) };
  if (tool === "server") return { type: "mcp_tool_result", ...place, is_error: failed, content: [{ type: "text", text: output }] };
  return { type: "code_execution_tool_result", ...place, content: { type: "code_execution_result", stdout: failed ? "" : output, stderr: failed ? output : "", return_code: failed ? 1 : 0, content: [] } };
}

/** Google has no parts for what a server was asked, so that it is told in words. */
function geminiCall(call: Call): JsonObject {
  return call.tool === "server" ? { text: inWords({ call }) } : { executableCode: { language: "PYTHON", code: call.code } };
}

function geminiResult(result: Result): JsonObject {
  const { tool, output, failed } = result;
  if (tool === "server") return { text: inWords({ result }) };
  return { codeExecutionResult: { outcome: failed ? "OUTCOME_FAILED" : "OUTCOME_OK", output } };
}

function openAiItem(call: Call, result: Result | null): NativePart {
  const status = result === null ? "incomplete" : result.failed ? "failed" : "completed";
  if (call.tool === "code") {
    return native("openai-responses", { id: `ci_${call.id}`, type: "code_interpreter_call", status, code: call.code, container_id: "", outputs: result && result.output !== "" ? [{ type: "logs", logs: result.output }] : result ? [] : null });
  }
  return native("openai-responses", {
    id: `mcp_${call.id}`, type: "mcp_call", status, server_label: call.server, name: call.name, arguments: JSON.stringify(call.input), output: result && !result.failed ? result.output : null, error: result?.failed ? result.output : null,
  });
}
