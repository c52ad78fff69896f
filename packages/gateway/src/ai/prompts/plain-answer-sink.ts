/** A chat completion as a prompt's plain answer, and errors as problem documents. A stream goes through as it comes. */
import { problemPath } from "@parley/contract/problems/problem";
import { isProblemCode, problemEntry } from "@parley/contract/problems/table";
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../exchange/answer.ts";
import { asObject, isList, tryParseJson } from "../conversation/json.ts";
import type { JsonObject, JsonValue } from "../conversation/json.ts";

export interface PlainAnswerOptions {
  prompt: string;
  version: string;
  callId: string;
  isStream: boolean;
}

const changedFields = new Set(["content-type", "content-length"]);

export class PlainAnswerSink implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #options: PlainAnswerOptions;
  #head: { status: number; rawHeaders: string[] } | null = null;
  #chunks: Buffer[] = [];

  constructor(sink: AnswerSink, options: PlainAnswerOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    const fields = [...rawHeaders, "Parley-Prompt", `${this.#options.prompt}/${this.#options.version}`];
    if (status < 200 || (this.#options.isStream && status < 300)) this.#sink.head(status, fields, statusText);
    else this.#head = { status, rawHeaders: fields };
  }

  data(chunk: Buffer): boolean {
    if (!this.#head) return this.#sink.data(chunk);
    this.#chunks.push(chunk);
    return true;
  }

  end(rawTrailers?: string[]): void {
    if (!this.#head) return this.#sink.end(rawTrailers);
    const { status, rawHeaders } = this.#head;
    const answered = asObject(tryParseJson(Buffer.concat(this.#chunks).toString("utf8"))) ?? {};
    const body = Buffer.from(JSON.stringify(status < 300 ? this.#plain(answered) : this.#problem(status, answered)));
    const kept = rawHeaders.flatMap((name, index) => (index % 2 === 0 && !changedFields.has(name.toLowerCase()) ? [name, rawHeaders[index + 1] ?? ""] : []));
    this.#sink.head(status, [...kept, "Content-Type", status < 300 ? "application/json" : "application/problem+json", "Content-Length", String(body.length)]);
    this.#sink.data(body);
    this.#sink.end();
  }

  fault(refusal: Refusal): void {
    this.#sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#sink.onDrain(callback);
  }

  #plain(completion: JsonObject): JsonObject {
    const choices = completion["choices"];
    const choice = asObject(isList(choices) ? choices[0] : undefined);
    const content = asObject(choice?.["message"])?.["content"];
    const output = typeof content === "string" ? content : "";
    const usage = asObject(completion["usage"]);
    const { prompt, version } = this.#options;
    const parsed = /^\s*[[{]/.test(output) ? tryParseJson(output) : undefined;
    return {
      prompt, version, model: completion["model"] ?? null, output,
      ...(parsed !== undefined && { json: parsed }),
      finishReason: choice?.["finish_reason"] ?? null,
      usage: { inputTokens: countOf(usage?.["prompt_tokens"]), outputTokens: countOf(usage?.["completion_tokens"]) },
      callId: this.#options.callId,
    };
  }

  #problem(status: number, answered: JsonObject): JsonObject {
    const error = asObject(answered["error"]) ?? {};
    const said = error["code"];
    const code = typeof said === "string" && isProblemCode(said) ? said : "provider-error";
    const entry = problemEntry(code);
    const { message } = error;
    return { type: problemPath + code, title: entry.title, status, detail: typeof message === "string" ? message : entry.cause, code, fix: entry.fix, callId: this.#options.callId };
  }
}

function countOf(value: JsonValue | undefined): JsonValue {
  return typeof value === "number" ? value : null;
}
