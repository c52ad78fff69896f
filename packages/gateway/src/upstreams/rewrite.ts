/**
 * Hot path of services with `rewrite`. What is changed of a request on its way to the upstream: its path and query below
 * the service's path, and its fields. Null where nothing is, so that it costs nothing.
 */
import type { FieldChanges, Rewrite } from "@parley/contract/config/rewrites";
import { dropFields } from "../exchange/changed-head.ts";
import { compilePathPattern, fillIn } from "../exchange/path-pattern.ts";

export interface RequestRewrite {
  rest(rest: string): string;
  /** Changes the list in place. */
  fields(rawHeaders: string[]): void;
}

export function compileRewrite(settings: Rewrite | undefined): RequestRewrite | null {
  if (!settings) return null;
  const { path, query, request } = settings;
  const changes = path.map(({ from, to }) => ({ match: compilePathPattern(from), to }));
  const changesQuery = query.remove.length > 0 || Object.keys(query.set).length > 0;
  if (changes.length === 0 && !changesQuery && !changesFields(request)) return null;
  return {
    rest(rest) {
      const question = rest.indexOf("?");
      const below = question === -1 ? rest : rest.slice(0, question);
      const asked = question === -1 ? "" : rest.slice(question);
      return changed(below, changes) + (changesQuery ? changedQuery(asked, query) : asked);
    },
    fields: (rawHeaders) => changeFields(rawHeaders, request),
  };
}

export function changesFields({ set, add, remove }: FieldChanges): boolean {
  return remove.length > 0 || Object.keys(set).length > 0 || Object.keys(add).length > 0;
}

/** In place: out with what is removed or set, then in with what is set and added. */
export function changeFields(rawHeaders: string[], { set, add, remove }: FieldChanges): void {
  const out = new Set([...remove, ...Object.keys(set)].map((name) => name.toLowerCase()));
  dropFields(rawHeaders, (name) => out.has(name));
  for (const [name, value] of Object.entries(set)) rawHeaders.push(name, value);
  for (const [name, value] of Object.entries(add)) rawHeaders.push(name, value);
}

function changed(below: string, changes: readonly { match: (path: string) => ReadonlyMap<string, string> | null; to: string }[]): string {
  for (const { match, to } of changes) {
    const found = match(below);
    if (found) return fillIn(to, found);
  }
  return below;
}

/** Parameters that stay, stay as they were written. */
function changedQuery(asked: string, { set, remove }: Rewrite["query"]): string {
  const gone = new Set([...remove, ...Object.keys(set)]);
  const kept = asked.slice(1).split("&").filter((pair) => pair !== "" && !gone.has(decodedName(pair)));
  const added = Object.entries(set).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const all = [...kept, ...added];
  return all.length === 0 ? "" : `?${all.join("&")}`;
}

function decodedName(pair: string): string {
  const name = (pair.split("=", 1)[0] as string).replaceAll("+", " ");
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
