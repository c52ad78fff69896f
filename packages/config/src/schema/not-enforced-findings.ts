/** Warns about settings that are written and not carried out yet. */
import type { Finding, Path } from "../diagnostics/finding.ts";
import { type NotEnforced, notEnforced } from "./not-enforced.ts";

export function notEnforcedFindings(data: unknown): Finding[] {
  return notEnforced.flatMap((setting) => {
    const found: Finding[] = [];
    match(setting, { value: data, path: [], rest: setting.place.split(".") }, found);
    return found;
  });
}

interface Step {
  value: unknown;
  path: Path;
  rest: readonly string[];
}

function match(setting: NotEnforced, step: Step, found: Finding[]): void {
  const [part, ...rest] = step.rest;
  if (part === undefined) {
    if (!setting.when || setting.when(step.value)) found.push(warning(setting, step.path));
    return;
  }
  if (typeof step.value !== "object" || step.value === null) return;
  const keys = part === "*" ? (Array.isArray(step.value) ? [...step.value.keys()] : Object.keys(step.value)) : [part];
  for (const key of keys) {
    if (Object.hasOwn(step.value, key)) match(setting, { value: (step.value as Record<string | number, unknown>)[key], path: [...step.path, key], rest }, found);
  }
}

function warning(setting: NotEnforced, path: Path): Finding {
  return { code: "config-not-enforced", severity: "warning", message: `this release does not carry out ${setting.what}`, path, at: "key" };
}
