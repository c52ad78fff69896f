// Hot path: one search in the bytes of each request that has a model answer.
/**
 * Files that a request names. A provider gives them to whoever has the gateway's key, so the gateway says whose they are:
 * another consumer's does not exist, and one's own sends the call to the provider that has it.
 */
import type { ObjectKind } from "@parley/stores/ports/object-owners";
import { RefusalError } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { DialectName } from "../../conversation/content.ts";
import { isList, isObject } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import type { ModelTarget } from "../../models/model-directory.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import { consumerOf } from "../pinning.ts";

const mark = Buffer.from('"file_id');
/** More than any API takes in a request. */
const maxFiles = 1000;

export interface NamingRequest {
  /** Parsed only where a file is named. */
  parsed(): JsonValue;
  caller: DialectName;
}

export function namesFiles(bytes: Buffer): boolean {
  return bytes.includes(mark);
}

/** The targets that have the files. What is not known to have been made here is the provider's to judge. Throws a `RefusalError`. */
export async function pinToFiles(request: NamingRequest, { exchange, targets, owners }: { exchange: Exchange; targets: readonly ModelTarget[]; owners: ObjectOwners }): Promise<readonly ModelTarget[]> {
  const ids = new Set<string>();
  collect(request.parsed(), ids);
  const kind: ObjectKind = request.caller === "anthropic-messages" ? "anthropic-file" : "file";
  if (ids.size > maxFiles) refuseParameter("invalid-request", "file_id", `a request names at most ${maxFiles} files`);
  const names = [...ids];
  const found = await owners.ownersOf(kind, names).catch(() => {
    throw new RefusalError({ code: "ledger-unavailable", detail: "whose the request's files are cannot be found out now, because the ledger does not answer", headers: { "Retry-After": "1" } });
  });
  let left = targets;
  for (const [index, owner] of found.entries()) {
    if (!owner) continue;
    if (owner.consumer !== consumerOf(exchange)) throw new RefusalError({ code: "unknown-object", detail: `there is no file ${(names[index] ?? "").slice(0, 100)}` });
    left = left.filter(({ account }) => account.name === owner.provider);
    if (left.length === 0) throw new RefusalError({ code: "invalid-request", detail: `the file ${names[index]} is kept by the provider ${owner.provider}, which none of the model's targets is`, fix: "Use a model of the provider that has the file, or upload it to the model's provider." });
  }
  return left;
}

/** Deep nesting is the parser's to bound: what is here came through it. */
function collect(value: JsonValue, ids: Set<string>): void {
  const open: JsonValue[] = [value];
  while (open.length > 0) {
    const next = open.pop() as JsonValue;
    if (isList(next)) for (const item of next) open.push(item);
    else if (isObject(next)) for (const [name, member] of Object.entries(next)) collectMember(name, member ?? null, { ids, open });
  }
}

function collectMember(name: string, member: JsonValue, { ids, open }: { ids: Set<string>; open: JsonValue[] }): void {
  if (name === "file_id" && typeof member === "string") ids.add(member);
  else if (name === "file_ids" && isList(member)) addTexts(member, ids);
  else if (typeof member === "object") open.push(member);
}

function addTexts(list: readonly JsonValue[], ids: Set<string>): void {
  for (const item of list) if (typeof item === "string") ids.add(item);
}
