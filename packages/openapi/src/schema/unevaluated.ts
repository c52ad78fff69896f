/**
 * Hot path. `unevaluatedProperties` and `unevaluatedItems` (JSON Schema 2020-12 §11): what none of the schemas beside them has looked at.
 * What they looked at is found anew, and only for schemas that have one of the two words.
 */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { escapeToken, listAt, objectAt, resolvedSchema } from "../document/document.ts";
import type { Check, SchemaCompiler } from "./compile-schema.ts";
import { patternOf } from "./keywords.ts";
import type { Run } from "./run.ts";

/** Takes out of `left` what the schema looks at in the value: names of members, or indices of items. */
type Looker = (value: Json, run: Run, left: Set<string | number>) => void;

const maxDepth = 32;

export function unevaluatedChecks(schema: JsonObject, place: string, compiler: SchemaCompiler): Check[] {
  if (compiler.document.dialect === "3.0") return [];
  return (["unevaluatedProperties", "unevaluatedItems"] as const).filter((name) => schema[name] !== undefined && schema[name] !== true).map((name) => {
    const isOfMembers = name === "unevaluatedProperties";
    const look = lookersOf(schema, { compiler, place, depth: 0, except: name });
    const others = compiler.check(schema[name], `${place}/${name}`);
    return (value, run) => {
      if (isOfMembers ? !isJsonObject(value) : !Array.isArray(value)) return true;
      const left = new Set<string | number>(isOfMembers ? Object.keys(value as JsonObject) : (value as Json[]).keys());
      look(value, run, left);
      return [...left].reduce<boolean>((holds, token) => {
        if (run.isSettled(holds)) return holds;
        run.enter(token);
        const member = (value as Record<string | number, Json>)[token] as Json;
        const fits = schema[name] === false ? run.fail(isOfMembers ? "is a member that there is not" : "is an item that there is not", `${place}/${name}`) : others(member, run);
        run.leave();
        return fits && holds;
      }, true);
    };
  });
}

interface Around {
  compiler: SchemaCompiler;
  place: string;
  depth: number;
  /** The word that asks does not answer itself. */
  except?: string;
}

function lookersOf(schema: JsonObject, around: Around): Looker {
  const lookers = [ofMembers(schema, around), ofItems(schema, around), ...ofParts(schema, around)];
  return (value, run, left) => {
    for (const look of lookers) if (left.size > 0 && run.step()) look(value, run, left);
  };
}

function ofMembers(schema: JsonObject, { except }: Around): Looker {
  if (schema["additionalProperties"] !== undefined || (except !== "unevaluatedProperties" && schema["unevaluatedProperties"] !== undefined)) return takeAll(isJsonObject);
  const names = Object.keys(objectAt(schema, "properties"));
  const patterns = Object.keys(objectAt(schema, "patternProperties")).map((source) => patternOf(source));
  return (value, _run, left) => {
    if (!isJsonObject(value)) return;
    for (const name of names) left.delete(name);
    for (const name of left) if (patterns.some((matches) => matches?.(String(name)))) left.delete(name);
  };
}

function ofItems(schema: JsonObject, { compiler, place, except }: Around): Looker {
  if (schema["items"] !== undefined || (except !== "unevaluatedItems" && schema["unevaluatedItems"] !== undefined)) return takeAll(Array.isArray);
  const first = listAt(schema, "prefixItems").length;
  const contained = schema["contains"] === undefined ? null : compiler.check(schema["contains"], `${place}/contains`);
  return (value, run, left) => {
    if (!Array.isArray(value)) return;
    for (const index of left) if (Number(index) < first || (contained !== null && run.tries(() => contained(value[Number(index)] as Json, run)))) left.delete(index);
  };
}

function takeAll(isMine: (value: Json) => boolean): Looker {
  return (value, _run, left) => {
    if (isMine(value)) left.clear();
  };
}

/** What a part looked at counts where the value fits it; one that it has to fit has said already what is wrong. */
function ofParts(schema: JsonObject, around: Around): Looker[] {
  const part = (value: Json | undefined, below: string): Looker => partOf(value, { ...around, place: `${around.place}/${below}` });
  const lists = ["anyOf", "oneOf"].flatMap((name) => listAt(schema, name).map((one, index) => part(one, `${name}/${index}`)));
  const dependent = Object.entries(objectAt(schema, "dependentSchemas")).map(([name, one]): Looker => {
    const look = part(one, `dependentSchemas/${escapeToken(name)}`);
    return (value, run, left) => (isJsonObject(value) && Object.hasOwn(value, name) ? look(value, run, left) : undefined);
  });
  const all = listAt(schema, "allOf").map((one, index) => partOf(one, { ...around, place: `${around.place}/allOf/${index}` }, true));
  return [...all, ...lists, ...dependent, ...conditional(schema, around, part)];
}

function conditional(schema: JsonObject, { compiler, place }: Around, part: (value: Json | undefined, below: string) => Looker): Looker[] {
  if (schema["if"] === undefined) return [];
  const when = compiler.check(schema["if"], `${place}/if`);
  const [own, then, otherwise] = [part(schema["if"], "if"), part(schema["then"], "then"), part(schema["else"], "else")];
  return [(value, run, left) => {
    if (!run.tries(() => when(value, run))) return otherwise(value, run, left);
    own(value, run, left);
    then(value, run, left);
  }];
}

function partOf(schema: Json | undefined, { compiler, place, depth }: Around, hasToFit = false): Looker {
  const found = resolvedSchema(compiler.document, schema, place);
  if (found === null || depth > maxDepth) return () => undefined;
  const check = compiler.check(found.value, found.place, compiler.setByOthers);
  let look: Looker | null = null;
  return (value, run, left) => {
    if (!hasToFit && !run.tries(() => check(value, run))) return;
    look ??= lookersOf(found.value, { compiler, place: found.place, depth: depth + 1 });
    look(value, run, left);
  };
}
