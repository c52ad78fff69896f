/** Where a file has secrets: what is said of it, and the lines that are shown of it, go to people who may not see them. */
import { secretPointers } from "@parley/contract/secrets";
import type { Path } from "./finding.ts";

const leaves = Object.values(secretPointers).flat().map((pointer) => pointer.slice(pointer.lastIndexOf("/") + 1)).filter((name) => name !== "*");
/** Of a consumer's key and of the admin API, which are kept otherwise. */
const others = ["token"];
/** Names that sections have as well: there, no address follows. */
const addresses = new Set(["slack", "teams"]);
const names = new Set([...leaves, ...others].filter((name) => !addresses.has(name)));
const text = String.raw`"[^"]*"?|'[^']*'?`;
const named = new RegExp(String.raw`(\b(?:${[...names].join("|")})"?\s*:\s*)(${text}|[^\s,}\]]+)`, "gi");
const addressed = new RegExp(String.raw`(\b(?:${[...addresses].join("|")})"?\s*:\s*)(${text}|https?:[^\s,}\]]+)`, "gi");
const inHeaders = /(\bheaders"?\s*:\s*\{)([^}]*)/gi;
const anyMember = new RegExp(String.raw`(:\s*)(${text}|[^\s,}]+)`, "g");

export function isSecretPlace(path: Path): boolean {
  return names.has(String(path.at(-1))) || path.at(-2) === "headers";
}

/** The line with a star for each letter of a secret, so that columns in it stay what they are. Variables are no secrets. */
export function withoutSecrets(line: string, path: Path): string {
  const hidden = line.replaceAll(named, stars).replaceAll(addressed, stars).replaceAll(inHeaders, (_whole, open: string, inside: string) => open + inside.replaceAll(anyMember, stars));
  return path.includes("headers") ? hidden.replace(/^(\s*[^\s:{}]+\s*:\s+)([^{].*)$/, stars) : hidden;
}

function stars(whole: string, key: string, value: string): string {
  return value.includes("${") ? whole : key + "*".repeat(value.length);
}
