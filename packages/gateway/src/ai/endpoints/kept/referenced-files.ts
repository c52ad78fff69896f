// Hot path: one search in the bytes of each request that has a model answer.
/**
 * Files that a request names, and what is made of files. A provider gives them to whoever has the gateway's key, so the gateway says whose they are:
 * another consumer's does not exist, and one's own sends the call to the provider that has it.
 */
import type { ObjectKind } from "@parley/stores/ports/object-owners";
import { RefusalError } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { DialectName } from "../../conversation/content.ts";
import { isList, isObject } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import { consumerOf, ownerUnknown, withKey } from "../pinning.ts";

const marks = ['"file_id', '"vector_store_id', '"cachedContent', '"cached_content', "v1beta"].map((text) => Buffer.from(text));
/** A letter written as its number may hide any of them. */
const hiding = Buffer.from("\\u00");
/** The same in one go, which costs a third of six searches where the text is short. */
const anyMark = /"file_id|"vector_store_id|"cached(?:Content|_content)|v1beta|\\u00/;
const searchedAtOnceBytes = 16 * 1024;
/** As Google writes a file: an address of its API, whatever stands before it. */
const geminiFile = /^https?:\/\/\S+\/v1beta\/files\/([\w.-]{1,256})(?:[:?#]\S*)?$/;
const cachedContent = /^cachedContents\/([\w.-]{1,256})$/;
/** More than any API takes in a request. */
const maxFiles = 1000;

/** With what strings begin that name a file or tell of one; an address may be one of Google's. */
export const fileWords: readonly string[] = ["file_id", "vector_store_id", "cachedContent", "cached_content", "http"];

export interface NamingRequest {
  /** Parsed only where a file is named. */
  parsed(): JsonValue;
  caller: DialectName;
}

export function namesFiles(bytes: Buffer): boolean {
  if (bytes.length <= searchedAtOnceBytes) return anyMark.test(bytes.toString("latin1"));
  return marks.some((mark) => bytes.includes(mark)) || bytes.includes(hiding);
}

/** The targets that have the files. What is not known to have been made here is the provider's to judge. Throws a `RefusalError`. */
export async function pinToFiles(request: NamingRequest, { exchange, targets, owners }: { exchange: Exchange; targets: readonly ModelTarget[]; owners: ObjectOwners }): Promise<readonly ModelTarget[]> {
  const named = nothingNamed();
  noteNamed(request.parsed(), named);
  if (countOf(named) > maxFiles) refuseParameter("invalid-request", "file_id", `a request names at most ${maxFiles} files`);
  return await pinToNamed(named, request.caller, { exchange, targets, owners });
}

/** The same for what was noted of several requests. */
export async function pinToNamed(named: Named, caller: DialectName, { exchange, targets, owners }: { exchange: Exchange; targets: readonly ModelTarget[]; owners: ObjectOwners }): Promise<readonly ModelTarget[]> {
  let left = targets;
  left = await pinTo({ kind: caller === "anthropic-messages" ? "anthropic-file" : "file", ids: named.files }, { exchange, targets: left, owners });
  left = await pinTo({ kind: "gemini-file", ids: named.geminiFiles }, { exchange, targets: left, owners });
  left = await pinTo({ kind: "vector-store", ids: named.vectorStores }, { exchange, targets: left, owners });
  return await pinTo({ kind: "cached-content", ids: named.cached }, { exchange, targets: left, owners });
}

async function pinTo({ kind, ids }: { kind: ObjectKind; ids: ReadonlySet<string> }, { exchange, targets, owners }: { exchange: Exchange; targets: readonly ModelTarget[]; owners: ObjectOwners }): Promise<readonly ModelTarget[]> {
  if (ids.size === 0) return targets;
  const names = [...ids];
  const found = await owners.ownersOf(kind, names).catch(() => {
    throw new RefusalError(ownerUnknown("each of the request's files"));
  });
  let left = targets;
  for (const [index, owner] of found.entries()) {
    if (!owner) continue;
    if (owner.consumer !== consumerOf(exchange)) throw new RefusalError({ code: "unknown-object", detail: `there is no ${titleOf(kind)} ${(names[index] ?? "").slice(0, 100)}` });
    left = withKey(left.filter(({ account, keyName }) => account.name === owner.provider && (keyName === undefined || owner.key === undefined || keyName === owner.key)), owner.key);
    if (left.length === 0) throw new RefusalError({ code: "invalid-request", detail: `the ${titleOf(kind)} ${names[index]} is kept by the provider ${owner.provider}${owner.key === undefined ? "" : ` for its key ${owner.key}`}, which none of the model's targets is that has the others`, fix: "Use a model of the provider that has the file, or upload it to the model's provider." });
  }
  return left;
}

function titleOf(kind: ObjectKind): string {
  return kind === "cached-content" ? "cached content" : kind === "vector-store" ? "vector store" : "file";
}

export interface Named {
  files: Set<string>;
  geminiFiles: Set<string>;
  vectorStores: Set<string>;
  cached: Set<string>;
}

export function nothingNamed(): Named {
  return { files: new Set(), geminiFiles: new Set(), vectorStores: new Set(), cached: new Set() };
}

export function countOf({ files, geminiFiles, vectorStores, cached }: Named): number {
  return files.size + geminiFiles.size + vectorStores.size + cached.size;
}

/** Deep nesting is the parser's to bound: what is here came through it. */
export function noteNamed(value: JsonValue, named: Named): void {
  const open: JsonValue[] = [value];
  while (open.length > 0) {
    const next = open.pop() as JsonValue;
    if (typeof next === "string") noteAddress(next, named);
    else if (isList(next)) for (const item of next) open.push(item);
    else if (isObject(next)) for (const [name, member] of Object.entries(next)) collectMember(name, member ?? null, { named, open });
  }
}

function collectMember(name: string, member: JsonValue, { named, open }: { named: Named; open: JsonValue[] }): void {
  if (name === "file_id" && typeof member === "string") addFile(member, named);
  else if (name === "file_ids" && isList(member)) for (const item of member) addFile(item, named);
  else if (name === "vector_store_id" && typeof member === "string") named.vectorStores.add(member);
  else if (name === "vector_store_ids" && isList(member)) addTexts(member, named.vectorStores);
  else if ((name === "cachedContent" || name === "cached_content") && typeof member === "string") named.cached.add(cachedContent.exec(member)?.[1] ?? member);
  else open.push(member);
}

function addTexts(values: readonly JsonValue[], ids: Set<string>): void {
  for (const value of values) if (typeof value === "string") ids.add(value);
}

function addFile(value: JsonValue, named: Named): void {
  if (typeof value !== "string") return;
  if (!noteAddress(value, named)) named.files.add(value);
}

function noteAddress(text: string, { geminiFiles }: Named): boolean {
  const id = text.length < 2048 ? geminiFile.exec(text)?.[1] : undefined;
  if (id !== undefined) geminiFiles.add(id);
  return id !== undefined;
}
