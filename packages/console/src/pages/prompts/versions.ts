/** Versions of a prompt, and the variables that its texts name. */
import type { PromptSource } from "@parley/contract/config/prompt";

export type PromptVersion = PromptSource["versions"][string];
export type PromptVariable = NonNullable<PromptVersion["variables"]>[string];

/** The one that a call without a version gets: by default the last in the list. */
export function defaultVersion(spec: PromptSource): string {
  return spec.default ?? Object.keys(spec.versions).at(-1) ?? "";
}

/** v3 after v2, or the next number that is free. */
export function nextVersionName(spec: PromptSource): string {
  const numbers = Object.keys(spec.versions).map((name) => Number(/^v(\d+)$/.exec(name)?.[1] ?? 0));
  return `v${Math.max(0, ...numbers) + 1}`;
}

/** As a text stands in the braces of the contract's templates. */
export function namesIn(version: PromptVersion): string[] {
  const texts = version.messages.map(({ content }) => content).join("\n");
  return [...new Set([...texts.matchAll(/\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g)].map((match) => match[1] ?? ""))];
}

/** Each name in the texts is a variable, so that nobody has to write it twice; those that no text names any more stay until they are taken out. */
export function withVariables(version: PromptVersion): PromptVersion {
  const missing = namesIn(version).filter((name) => !Object.hasOwn(version.variables ?? {}, name));
  if (missing.length === 0) return version;
  return { ...version, variables: { ...version.variables, ...Object.fromEntries(missing.map((name) => [name, {}])) } };
}

/** What a call sends: texts as they were written, numbers and truth values as such. Left out where nothing was written. */
export function valuesOf(version: PromptVersion, written: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(version.variables ?? {}).flatMap(([name, variable]) => {
      const text = written[name] ?? "";
      return text === "" ? [] : [[name, valueOf(variable, text)]];
    }),
  );
}

function valueOf({ type = "string" }: PromptVariable, text: string): unknown {
  if (type === "string") return text;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}
