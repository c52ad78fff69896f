/** What a tool is called at a provider: a name of the letters and the length that it takes. */
import { createHash } from "node:crypto";
import type { DialectName } from "../content.ts";

const usual = /^[A-Za-z0-9_-]{1,64}$/;
const taken: Readonly<Record<DialectName, RegExp>> = {
  "openai-chat": usual,
  "openai-responses": usual,
  "anthropic-messages": /^[A-Za-z0-9_-]{1,128}$/,
  "bedrock-converse": usual,
  "mistral-chat": usual,
  gemini: /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/,
  "cohere-chat": usual,
  "ollama-chat": /^.+$/,
};
const mostOfName = 54;

/** The name itself where the provider takes it. Another one ends in what tells it from all others, and is the same in each turn. */
export function nameAt(dialect: DialectName, name: string): string {
  if (taken[dialect].test(name)) return name;
  const plain = name.replace(/[^A-Za-z0-9_-]/g, "_").replace(/^(?=[0-9-])/, "_").slice(0, mostOfName);
  return `${plain}_${mark(name)}`;
}

const longestId: Partial<Record<DialectName, number>> = { "openai-chat": 40, "openai-responses": 64, "anthropic-messages": 64 };

/** Of a call: the id itself where it is not too long. What letters it may have each dialect sees to. */
export function callIdAt(dialect: DialectName, id: string): string {
  const most = longestId[dialect];
  return most === undefined || id.length <= most ? id : `${id.slice(0, most - 9)}_${mark(id)}`;
}

function mark(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** Of a tool in a group. */
export function groupedName(namespace: string, name: string): string {
  return namespace.endsWith("__") ? namespace + name : `${namespace}__${name}`;
}
