/** From a prompt's version and a call's variables to a chat completions request. Values are put in once and never read as a template. */
import { type PromptVersion, variableFault } from "@parley/contract/config/prompt";
import { RefusalError } from "../../exchange/answer.ts";
import { isObject } from "../conversation/json.ts";
import type { JsonObject, JsonValue } from "../conversation/json.ts";

export interface PromptCall {
  readonly variables: Readonly<Record<string, JsonValue>>;
  readonly stream: boolean;
}

/** `{"variables": {…}, "stream": true}`, or the variables as members of the body itself. */
export function readPromptCall(body: JsonObject): PromptCall {
  const { stream = false, ...rest } = body;
  if (typeof stream !== "boolean") refuse("stream", "stream has to be true or false");
  if (!isObject(rest["variables"])) return { variables: rest as Record<string, JsonValue>, stream };
  const { variables, ...others } = rest;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) refuse(unknown, `there is no member ${unknown.slice(0, 60)}; there are variables and stream`);
  return { variables: variables as Record<string, JsonValue>, stream };
}

/** Throws a `RefusalError` that names the variable. */
export function renderPrompt(version: PromptVersion, { variables, stream }: PromptCall): JsonObject {
  const known = Object.keys(version.variables);
  for (const name of Object.keys(variables)) {
    if (!Object.hasOwn(version.variables, name)) refuse(name, `there is no variable ${name.slice(0, 60)}; there are: ${known.join(", ") || "none"}`);
  }
  const values = new Map(known.map((name) => [name, valueOf(version, name, variables)]));
  const messages = version.messages.map(({ role, content }) => ({ role, content: filled(content, values) }));
  return { ...(version.parameters as JsonObject), model: version.model, messages, stream };
}

function valueOf(version: PromptVersion, name: string, given: PromptCall["variables"]): string {
  const variable = version.variables[name];
  if (!variable) return "";
  const value = Object.hasOwn(given, name) ? given[name] : variable.default;
  if (value === undefined || value === null) return refuse(name, `the variable ${name} is missing`);
  const fault = variableFault(variable, value);
  return fault ? refuse(name, `the variable ${name} ${fault}`) : String(value as string | number | boolean);
}

function filled(template: string, values: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g, (whole, name: string) => values.get(name) ?? whole);
}

function refuse(parameter: string, detail: string): never {
  throw new RefusalError({ code: "invalid-variable", detail, extensions: { param: parameter } });
}
