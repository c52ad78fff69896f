// Hot path: once for each attempt at a provider that differs from its dialect.
/**
 * What a provider does not take, as data: hints are left out and said, what changes the answer is refused by its name, and
 * what it knows otherwise is renamed. A member that says nothing (null, an empty list, n of 1) is left out silently.
 */
import type { Quirks } from "@parley/contract/ai/provider-catalogue";
import { asObject, asObjects, isList, isObject, tryParseJson } from "../conversation/json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../conversation/json.ts";
import type { TranslationNotes } from "../conversation/translation-notes.ts";
import { joined } from "../../upstreams/body-pieces.ts";
import type { WholeBody } from "../../upstreams/body-pieces.ts";
import { closeTail, removal } from "../raw-json/member-removal.ts";
import { memberText, spliceToSend, topLevelMembers } from "../raw-json/top-level-members.ts";
import type { Replacement, TopLevel } from "../raw-json/top-level-members.ts";

export interface CompiledQuirks {
  readonly title: string;
  /** Every member that is looked at. */
  readonly names: readonly string[];
  readonly drops: ReadonlySet<string>;
  readonly refuses: ReadonlySet<string>;
  readonly renames: Readonly<Record<string, string>>;
  readonly noDeveloperRole: boolean;
  readonly noJsonSchema: boolean;
  readonly takesReasoning: Quirks["takesReasoning"];
}

export function compileQuirks(title: string, quirks: Quirks | undefined): CompiledQuirks | null {
  if (!quirks || Object.keys(quirks).length === 0) return null;
  const { drops = [], refuses = [], renames = {}, noDeveloperRole = false, noJsonSchema = false, takesReasoning } = quirks;
  const names = [...drops, ...refuses, ...Object.entries(renames).flat(), ...(noJsonSchema ? ["response_format"] : [])];
  return { title, names: [...new Set(names)], drops: new Set(drops), refuses: new Set(refuses), renames, noDeveloperRole, noJsonSchema, takesReasoning };
}

type Verdict = { keep: true; as: string } | { keep: false };

/** Refuses, or notes what is left out. `has` tells which other members there are. */
function judge(quirks: CompiledQuirks, member: { name: string; value: JsonValue | undefined }, { has, notes }: { has: (name: string) => boolean; notes: TranslationNotes }): Verdict {
  const { name, value } = member;
  if (quirks.refuses.has(name)) {
    if (!saysNothing(name, value)) notes.unsupported(name, `${quirks.title} does not have it`);
    return { keep: false };
  }
  if (quirks.drops.has(name)) {
    if (!saysNothing(name, value)) notes.dropped(name, `${quirks.title} does not take it`);
    return { keep: false };
  }
  if (name === "response_format" && asObject(value)?.["type"] === "json_schema") notes.unsupported(name, `${quirks.title} gives JSON without a schema only; send the type json_object and describe the form in the prompt`);
  const renamed = quirks.renames[name];
  if (renamed === undefined) return { keep: true, as: name };
  return has(renamed) ? { keep: false } : { keep: true, as: renamed };
}

function saysNothing(name: string, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  // That several calls of tools may come at once is the rule, so that no says something.
  if (value === false) return name !== "parallel_tool_calls";
  if (name === "n" && value === 1) return true;
  if (isList(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** A body that the gateway wrote itself. */
export function bendObject(body: JsonObject, quirks: CompiledQuirks, notes: TranslationNotes): JsonObject {
  const bent: JsonDraft = {};
  const place = { has: (name: string): boolean => body[name] !== undefined, notes };
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    const verdict = judgeable(quirks, name) ? judge(quirks, { name, value }, place) : { keep: true as const, as: name };
    if (verdict.keep) bent[verdict.as] = value;
  }
  if (quirks.noDeveloperRole && isList(bent["messages"])) {
    bent["messages"] = asObjects(bent["messages"]).map((message) => (message["role"] === "developer" ? { ...message, role: "system" } : message));
  }
  return bent;
}

function judgeable(quirks: CompiledQuirks, name: string): boolean {
  return quirks.names.includes(name);
}

/** A caller's own bytes: all that need not change stays as it is. */
export function bendBytes(whole: WholeBody, quirks: CompiledQuirks, notes: TranslationNotes): WholeBody {
  const body = joined(whole);
  const found = topLevelMembers(body, quirks.names);
  const replacements = found ? memberReplacements(body, { quirks, found, notes }) : [];
  // What is left out altogether may have held one.
  const roles = quirks.noDeveloperRole ? roleReplacements(body).filter((role) => !replacements.some(({ start, end }) => start <= role.start && role.end <= end)) : [];
  replacements.push(...roles);
  return spliceToSend(body, replacements.sort((one, other) => one.start - other.start));
}

function memberReplacements(body: Buffer, { quirks, found, notes }: { quirks: CompiledQuirks; found: TopLevel; notes: TranslationNotes }): Replacement[] {
  const place = { has: (name: string): boolean => found.members[name] !== undefined, notes };
  const removed: Replacement[] = [];
  const renamed: Replacement[] = [];
  for (const [name, range] of Object.entries(found.members)) {
    const verdict = judge(quirks, { name, value: tryParseJson(memberText(body, range)) }, place);
    if (!verdict.keep) removed.push(removal(body, range));
    else if (verdict.as !== name) renamed.push({ start: range.keyStart, end: range.valueStart, text: `${JSON.stringify(verdict.as)}:` });
  }
  return [...renamed, ...closeTail(body, removed.sort((one, other) => one.start - other.start))];
}

const developer = Buffer.from('"developer"');

/** In a text the quotes would have a backslash before them, so that this finds the role alone. */
function roleReplacements(body: Buffer): Replacement[] {
  const replacements: Replacement[] = [];
  for (let at = body.indexOf(developer); at !== -1; at = body.indexOf(developer, at + developer.length)) {
    if (/"role"\s*:\s*$/.test(body.toString("latin1", Math.max(0, at - 40), at))) replacements.push({ start: at, end: at + developer.length, text: '"system"' });
  }
  return replacements;
}
