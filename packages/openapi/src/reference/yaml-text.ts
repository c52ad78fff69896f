/** JSON as YAML for people, in time that is linear in its size: blocks, and quotes wherever a plain word could be read as something else. */
import { isJsonObject, type Json } from "@parley/merge";

const plain = /^[A-Za-z_/][A-Za-z0-9_ ./()-]{0,199}$/;
const means = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

export function yamlText(value: Json): string {
  const lines: string[] = [];
  write(value, "", lines);
  return `${lines.join("\n")}\n`;
}

function write(value: Json, indent: string, lines: string[]): void {
  if (Array.isArray(value)) for (const item of value) nested(`${indent}-`, item, { indent: `${indent}  `, lines });
  else if (isJsonObject(value)) for (const name of Object.keys(value)) nested(`${indent}${scalar(name)}:`, value[name] as Json, { indent: `${indent}  `, lines });
  else lines.push(`${indent}${scalar(value)}`);
}

function nested(head: string, value: Json, { indent, lines }: { indent: string; lines: string[] }): void {
  if (typeof value !== "object" || value === null) return void lines.push(`${head} ${scalar(value)}`);
  const isEmpty = Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
  if (isEmpty) return void lines.push(`${head} ${Array.isArray(value) ? "[]" : "{}"}`);
  lines.push(head);
  write(value, indent, lines);
}

/** A JSON string is a double-quoted scalar of YAML (YAML 1.2 §1.2), but for U+2028 and its like, which JSON leaves as they are. */
function scalar(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (plain.test(value) && !means.test(value) && !value.endsWith(" ")) return value;
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
