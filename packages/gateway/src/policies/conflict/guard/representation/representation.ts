/**
 * Hot path (benchmark: guard). What a resource is now, from an answer of the upstream: its validator (the upstream's own, an
 * adapter's version, or the digest of its bytes), its date, and its body without content coding.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { Json } from "@parley/merge";
import { codingOf, decoded } from "../../requests/content-coding.ts";
import { isJson, parseJson } from "../../requests/json-body.ts";
import { fieldValue } from "../../../../exchange/raw-fields.ts";
import { codedTag, digestBody, type EntityTag, formatEntityTag, isStrongDate, type ModificationDate, parseEntityTag, parseHttpDate, stripCodingSuffix, varyView, viewKey } from "../../validators/index.ts";
import { versionIn } from "./adapters.ts";
import type { GuardPlan } from "../guard-plan.ts";

export interface Representation {
  exists: boolean;
  status: number;
  /** Which validator it has; `none` where it could get none. */
  kind: "own" | "native" | "adapter" | "none";
  /** Native and adapter: the opaque part is as given out. Own: it is the digest alone, which is what is compared. */
  tag: EntityTag | null;
  digest: string | null;
  /**
   * Native, where the client names a tag of the gateway's: what that tag would be now. nginx's tag is weak on a coded answer and Apache's within
   * the second of a change, so that one state can have been given out under either.
   */
  ownDigest: string | null;
  /** What the ledger keeps as the upstream's tag. */
  etag: string | null;
  /** Names this state of this resource among all tags that were given out. */
  key: string | null;
  lastModified: ModificationDate | null;
  contentType: string;
  coding: string;
  /** Without content coding; null where it was not held. */
  body: Buffer | null;
  view: string;
  /** What goes into the digest besides the bytes. */
  digestView: string;
  /** The part of the request that Vary says it depends on; "" for none. */
  vary: string;
}

/** Whose view of what. */
export interface Looking {
  path: string;
  query: string;
  /** "" for nobody known. */
  consumer: string;
  headers: IncomingHttpHeaders;
  /** The client names a tag that the gateway made. */
  namesOwnTag: boolean;
}

export interface SeenAnswer {
  status: number;
  rawHeaders: readonly string[];
  /** Null where it was not held. */
  body: Buffer | null;
}

export const absent: Omit<Representation, "status"> = {
  exists: false, kind: "none", tag: null, digest: null, ownDigest: null, etag: null, key: null, lastModified: null, contentType: "", coding: "", body: null, view: "", digestView: "", vary: "",
};

export function represent(plan: GuardPlan, looking: Looking, answer: SeenAnswer, nowMs: number): Representation {
  const { rawHeaders } = answer;
  const contentType = fieldValue(rawHeaders, "content-type") ?? "";
  const coding = codingOf(fieldValue(rawHeaders, "content-encoding"));
  const vary = varyView(fieldValue(rawHeaders, "vary"), looking.headers);
  const body = answer.body === null ? null : decoded(answer.body, coding, plan.maxBodyBytes);
  const plain = {
    exists: true, status: answer.status, contentType, coding, body, digest: null, ownDigest: null, etag: null, key: null,
    lastModified: modificationDate(rawHeaders, nowMs), view: vary === null ? "" : viewOf(plan, looking, vary), digestView: digestView(looking, vary ?? ""), vary: vary ?? "",
  };
  const native = nativeTag(plan, rawHeaders);
  if (native !== null) {
    const ownDigest = plan.validator === "auto" && looking.namesOwnTag && vary !== null && body !== null ? digestBody({ contentType, view: digestView(looking, vary) }, body) : null;
    return { ...plain, kind: "native", tag: native, ownDigest, etag: formatEntityTag(native), key: nativeKey(native, looking) };
  }
  if (plan.validator === "native" || vary === null || body === null) return { ...plain, kind: "none", tag: null };
  if (plan.adapter !== null) {
    // Whatever it calls itself: CouchDB says text/plain to whoever does not ask for JSON.
    const version = versionIn(parseJson(body), plan.adapter);
    if (version === null) return { ...plain, kind: "none", tag: null };
    const tag = { weak: false, opaque: version };
    return { ...plain, kind: "adapter", tag, etag: formatEntityTag(tag), key: nativeKey(tag, looking) };
  }
  const digest = digestBody({ contentType, view: digestView(looking, vary) }, body);
  return { ...plain, kind: "own", tag: { weak: false, opaque: digest }, digest, key: digest };
}

/** Nearly always the caller makes the whole of the view, and is one of few. */
function viewOf({ callersViews }: GuardPlan, { query, consumer }: Looking, vary: string): string {
  if (vary !== "" || query !== "") return viewKey(vary + query, consumer);
  const known = callersViews.get(consumer);
  if (known !== undefined) return known;
  const view = viewKey("", consumer);
  callersViews.set(consumer, view);
  return view;
}

/** Whether the tag's digest is that of this very body in this caller's own view. */
export function isOwnView(digest: string, looking: Looking, kept: { contentType: string; body: Buffer; vary: string }): boolean {
  return digestBody({ contentType: kept.contentType, view: digestView(looking, kept.vary) }, kept.body) === digest;
}

/** The path, so that equal bytes of two resources are two tags; the consumer, so that one's tag says nothing about another's view. */
function digestView({ path, consumer }: Looking, vary: string): string {
  return `${path}\0${consumer}\0${vary}`;
}

/** Weak tags only where the service says that its clients send them in If-Match. */
export function nativeTag(plan: GuardPlan, rawHeaders: readonly string[]): EntityTag | null {
  if (plan.validator === "own" || plan.validator === "adapter") return null;
  const text = fieldValue(rawHeaders, "etag");
  const tag = text === undefined ? null : parseEntityTag(text);
  return tag === null || (tag.weak && plan.settings.ifMatch === "strong") ? null : tag;
}

export function nativeKey(tag: EntityTag, { path, consumer }: Pick<Looking, "path" | "consumer">): string {
  return digestBody({ contentType: "", view: `${path}\0${consumer}\0${tag.weak ? "W" : ""}` }, Buffer.from(stripCodingSuffix(tag.opaque), "latin1"));
}

/** As clients get it. */
export function shownTag(representation: Pick<Representation, "tag" | "kind" | "coding">, revision: number): string | null {
  const { tag, kind, coding } = representation;
  if (tag === null) return null;
  if (kind !== "own") return formatEntityTag(tag);
  return formatEntityTag({ weak: false, opaque: codedTag(`${revision}-${tag.opaque}`, coding) });
}

export function documentOf(representation: Pick<Representation, "body" | "contentType">): Json | undefined {
  return representation.body !== null && isJson(representation.contentType) ? parseJson(representation.body) : undefined;
}

function modificationDate(rawHeaders: readonly string[], nowMs: number): ModificationDate | null {
  const text = fieldValue(rawHeaders, "last-modified");
  const ms = text === undefined ? null : parseHttpDate(text, nowMs);
  if (ms === null) return null;
  const date = fieldValue(rawHeaders, "date");
  return { ms, strong: isStrongDate(ms, date === undefined ? null : parseHttpDate(date, nowMs)) };
}
