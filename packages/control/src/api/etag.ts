/** ETags and preconditions of the admin API (RFC 9110 §8.8.3, §13.1): strong tags only, and every change is guarded. */
import { refuse } from "../refusal.ts";

export type Precondition =
  | { kind: "none" }
  /** If-None-Match: * */
  | { kind: "absent" }
  /** If-Match: * */
  | { kind: "present" }
  | { kind: "tags"; tags: string[] };

export function etagOf(tag: string): string {
  return `"${tag}"`;
}

/** What servers in between append when they compress: nginx and Apache `-gzip`, Jetty `--gzip`, others `;gzip`. */
const codingSuffix = /(?:-{1,2}|;)(?:gzip|br|zstd|deflate)$/;
const entityTag = /^"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** Refuses what is not well-formed, so that a mistake in a script is seen as one and not as a conflict. */
export function preconditionOf(headers: Headers): Precondition {
  const ifMatch = headers.get("if-match");
  const ifNoneMatch = headers.get("if-none-match");
  if (ifMatch !== null && ifNoneMatch !== null) refuse("invalid-parameter", "If-Match and If-None-Match exclude each other: the first changes, the second creates");
  if (ifNoneMatch !== null) {
    if (ifNoneMatch.trim() !== "*") refuse("invalid-parameter", "on a write, If-None-Match takes * alone, to create what does not exist yet");
    return { kind: "absent" };
  }
  if (ifMatch === null) return { kind: "none" };
  if (ifMatch.trim() === "*") return { kind: "present" };
  return { kind: "tags", tags: ifMatch.split(",").map((text) => tagOf(text.trim())) };
}

function tagOf(text: string): string {
  if (text.startsWith("W/")) {
    refuse("invalid-parameter", `If-Match compares strongly, and ${text.slice(0, 80)} is weak`, {
      fix: "A proxy has weakened the ETag header. Send the `etag` member of the body that you read, which nothing rewrites.",
    });
  }
  const tag = entityTag.exec(text)?.[1];
  if (tag === undefined || tag === "") {
    refuse("invalid-parameter", `If-Match holds ${text === "" ? "an empty entry" : text.slice(0, 80)}, which is not an entity tag`, {
      fix: 'An entity tag stands in quotes: If-Match: "42-abc". The `etag` member of what you read has them.',
    });
  }
  return tag.replace(codingSuffix, "");
}

/** Whether GET may be answered with 304 (RFC 9110 §13.1.2: compares weakly). */
export function notModified(headers: Headers, etag: string): boolean {
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((text) => `"${text.trim().replace(/^W\//, "").slice(1, -1).replace(codingSuffix, "")}"` === etag);
}

/** 412 unless the precondition holds for what is there now; null where nothing is there. */
export function expectTag(precondition: Precondition, current: { tag: string } | null, what: string): void {
  switch (precondition.kind) {
    case "none":
      if (!current) refuse("precondition-required", `${what} does not exist; say with If-None-Match: * that you create it`);
      return refuse("precondition-required", `${what} exists; say with If-Match which state of it you change`, { headers: { ETag: etagOf(current.tag) } });
    case "absent":
      if (current) failed(`${what} exists already`, current);
      return;
    case "present":
      if (!current) refuse("precondition-failed", `${what} does not exist`);
      return;
    case "tags":
      if (!current) refuse("precondition-failed", `${what} does not exist (any more)`);
      else if (!precondition.tags.includes(current.tag)) failed(`${what} was changed since it was read`, current);
  }
}

function failed(detail: string, current: { tag: string }): never {
  refuse("precondition-failed", detail, { headers: { ETag: etagOf(current.tag) }, extensions: { etag: etagOf(current.tag) } });
}
