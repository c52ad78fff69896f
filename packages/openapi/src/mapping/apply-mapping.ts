/**
 * Hot path of versions with an adapter. A body of one version as another's: steps compiled once, carried out in order on a
 * body that nobody else has. Names are taken as they are, so that `__proto__` is a member like any other.
 */
import { escapeToken, isJsonObject, parsePointer, type Json, type JsonObject } from "@parley/merge";

/** A step of `adapt` in the configuration (docs/versions.md). Places are JSON pointers, with `*` for every item of an array. */
export type MappingStep =
  | { rename: { from: string; to: string } }
  | { move: { from: string; to: string } }
  | { default: { at: string; value: Json } }
  | { drop: string }
  | { split: { from: string; by: string; to: readonly string[] } }
  | { join: { from: readonly string[]; by: string; to: string } }
  | { enum: { at: string; map: Readonly<Record<string, string>>; else?: string | undefined } };

/**
 * `isPatch`: what is absent in a merge patch stays as it is, and null takes away (RFC 7396). Changes the body that it is given.
 * `incomplete` gets the places that cannot be made of a patch, since it has only some of what they are joined of.
 */
export type Mapping = (body: Json, isPatch: boolean, incomplete?: string[]) => Json;

type Carry = (object: JsonObject, isPatch: boolean, incomplete: string[]) => void;

/** Steps are taken as they are: `checkMapping` says beforehand what in them cannot be. A list is mapped item by item; what is no object stays. */
export function compileMapping(steps: readonly MappingStep[]): Mapping {
  const carried = steps.map(compileStep);
  return (body, isPatch, incomplete = []) => {
    for (const object of Array.isArray(body) ? body : [body]) if (isJsonObject(object)) for (const carry of carried) carry(object, isPatch, incomplete);
    return body;
  };
}

function compileStep(step: MappingStep): Carry {
  if ("rename" in step) return moved(step.rename.from, `${step.rename.from.slice(0, step.rename.from.lastIndexOf("/"))}/${escapeToken(step.rename.to)}`);
  if ("move" in step) return moved(step.move.from, step.move.to);
  if ("drop" in step) return within(step.drop, (holder, name) => void take(holder, name));
  if ("default" in step) return defaulted(step.default);
  if ("split" in step) return split(step.split);
  if ("join" in step) return joined(step.join);
  const { at, map, else: otherwise } = step.enum;
  return within(at, (holder, name) => {
    const value = Object.hasOwn(holder, name) ? holder[name] : undefined;
    if (typeof value === "string") put(holder, name, Object.hasOwn(map, value) ? (map[value] as string) : (otherwise ?? value));
  });
}

/** Up to the last star both go the same way; from there on each goes its own. */
function moved(from: string, to: string): Carry {
  const [one, other] = [tokensOf(from), tokensOf(to)];
  const shared = one.lastIndexOf("*") + 1;
  return eachAt(one.slice(0, shared), (root) => {
    const holder = descend(root, one.slice(shared, -1), false);
    const value = holder === null ? undefined : take(holder, one.at(-1) ?? "");
    if (value !== undefined) putAt(root, other.slice(shared), value);
  });
}

function defaulted({ at, value }: { at: string; value: Json }): Carry {
  const tokens = tokensOf(at);
  const shared = tokens.lastIndexOf("*") + 1;
  const rest = tokens.slice(shared);
  const put_ = eachAt(tokens.slice(0, shared), (root) => {
    const holder = descend(root, rest.slice(0, -1), true);
    const name = rest.at(-1) ?? "";
    if (holder !== null && !Object.hasOwn(holder, name)) put(holder, name, structuredClone(value));
  });
  return (object, isPatch) => {
    if (!isPatch) put_(object, isPatch, []);
  };
}

/** In a patch the parts that a text has not, or that nothing has any more, are taken away. */
function split({ from, by, to }: { from: string; by: string; to: readonly string[] }): Carry {
  const targets = to.map(tokensOf);
  return (object, isPatch) => within(from, (holder, name) => {
    const value = Object.hasOwn(holder, name) ? holder[name] : undefined;
    if (typeof value !== "string" && !(isPatch && value === null)) return;
    take(holder, name);
    const parts = value === null ? [] : value.split(by);
    targets.forEach((tokens, index) => {
      const part = index === targets.length - 1 ? parts.slice(index).join(by) : parts[index];
      if (part !== undefined && (part !== "" || index < parts.length)) putAt(object, tokens, part);
      else if (isPatch) putAt(object, tokens, null);
    });
  })(object, isPatch, []);
}

/** A patch says all of the parts or none: with some of them nobody here knows the whole. */
function joined({ from, by, to }: { from: readonly string[]; by: string; to: string }): Carry {
  const [sources, target] = [from.map(tokensOf), tokensOf(to)];
  return (object, isPatch, incomplete) => {
    const taken = sources.flatMap((tokens) => {
      const holder = descend(object, tokens.slice(0, -1), false);
      const value = holder === null ? undefined : take(holder, tokens.at(-1) ?? "");
      return value === undefined ? [] : [value];
    });
    if (isPatch && taken.length > 0 && taken.length < sources.length) incomplete.push(to);
    const values = taken.filter((value) => typeof value === "string");
    if (values.length > 0) putAt(object, target, values.filter((value) => value !== "").join(by));
    else if (isPatch && taken.length > 0) putAt(object, target, null);
  };
}

/** Calls back with every object that holds the place's last name. */
function within(pointer: string, change: (holder: JsonObject, name: string) => void): Carry {
  const tokens = tokensOf(pointer);
  return eachAt(tokens.slice(0, -1), (holder) => change(holder, tokens.at(-1) ?? ""));
}

function eachAt(path: readonly string[], change: (holder: JsonObject) => void): Carry {
  return (object) => visit(object, path, change);
}

function visit(value: Json | undefined, path: readonly string[], change: (holder: JsonObject) => void): void {
  const [token, ...rest] = path;
  if (token === undefined) return isJsonObject(value) ? change(value) : undefined;
  if (token === "*") return Array.isArray(value) ? value.forEach((item) => visit(item, rest, change)) : undefined;
  if (isJsonObject(value) && Object.hasOwn(value, token)) visit(value[token], rest, change);
}

/** `makes` puts objects where nothing is yet. */
function descend(root: JsonObject, path: readonly string[], makes: boolean): JsonObject | null {
  let here = root;
  for (const token of path) {
    if (makes && !Object.hasOwn(here, token)) put(here, token, {});
    const next = Object.hasOwn(here, token) ? here[token] : undefined;
    if (!isJsonObject(next)) return null;
    here = next;
  }
  return here;
}

function putAt(root: JsonObject, path: readonly string[], value: Json): void {
  const holder = descend(root, path.slice(0, -1), true);
  if (holder !== null) put(holder, path.at(-1) ?? "", value);
}

function put(holder: JsonObject, name: string, value: Json): void {
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}

function take(holder: JsonObject, name: string): Json | undefined {
  if (!Object.hasOwn(holder, name)) return undefined;
  const value = holder[name];
  delete holder[name];
  return value;
}

function tokensOf(pointer: string): string[] {
  return parsePointer(pointer) ?? [];
}
