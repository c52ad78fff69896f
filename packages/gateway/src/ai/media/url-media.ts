/**
 * What a conversation names by URL. This folder fetches it for providers that take bytes only, and refuses what leads to
 * private addresses for all of them. It may import the conversation model, the contract and the exchange.
 */
import type { AiMedia } from "@parley/contract/config/ai-media";
import { RefusalError } from "../../exchange/answer.ts";
import type { AssistantPart, MediaSource, ToolResultPart, UserPart } from "../conversation/content.ts";
import type { Conversation, Message } from "../conversation/conversation.ts";
import { fetchMedia } from "./fetch-media.ts";
import { compileReach, mayReachHost } from "./reachable.ts";
import type { IsReachable } from "./reachable.ts";

/** More than any provider takes in a request. */
const mostUrls = 100;

type AnyPart = UserPart | AssistantPart | ToolResultPart;
type MediaPart = Extract<AnyPart, { type: "image" | "document" | "audio" | "video" }>;
type UrlSource = Extract<MediaSource, { type: "url" }>;

export class UrlMedia {
  readonly #settings: AiMedia;
  readonly #isReachable: IsReachable;
  /** By the conversation as it was: a call with several keys or targets fetches once. */
  readonly #fetched = new WeakMap<Conversation, Conversation>();

  constructor(settings: AiMedia) {
    this.#settings = settings;
    this.#isReachable = compileReach(settings.allow);
  }

  /** Throws a `RefusalError` where a URL shows by itself that it leads to a private address, whoever would fetch it. */
  expectPublic({ messages }: Conversation): void {
    for (const message of messages) for (const part of message.parts) for (const { url } of sourcesOf(part)) if (URL.canParse(url) && !mayReachHost(new URL(url), this.#isReachable)) refuseAddress(url, new URL(url).hostname);
  }

  /** The conversation with bytes in the place of URLs. The same one where it has none. Rejects with a `RefusalError`. */
  async fetched(conversation: Conversation): Promise<Conversation> {
    const urls = new Set(conversation.messages.flatMap((message) => message.parts.flatMap((part) => sourcesOf(part).map(({ url }) => url))));
    if (urls.size === 0 || !this.#settings.fetch) return conversation;
    const known = this.#fetched.get(conversation);
    if (known) return known;
    if (urls.size > mostUrls) throw new RefusalError({ code: "media-unavailable", detail: `a request names at most ${mostUrls} URLs, and this one has ${urls.size}` });
    const found = new Map<string, MediaSource>();
    let leftBytes = this.#settings.maxBytes;
    for (const url of urls) {
      const media = await fetchMedia(url, { isReachable: this.#isReachable, maxBytes: leftBytes, timeoutMs: this.#settings.timeout });
      if ("refused" in media) refuseAddress(url, media.refused);
      if ("unavailable" in media) throw new RefusalError({ code: "media-unavailable", detail: `${shown(url)} could not be fetched for this model's provider: ${media.unavailable}` });
      leftBytes -= media.bytes.length;
      found.set(url, { type: "base64", mediaType: media.mediaType, data: media.bytes.toString("base64") });
    }
    const changed = { ...conversation, messages: conversation.messages.map((message) => withBytes(message, found)) };
    this.#fetched.set(conversation, changed);
    return changed;
  }
}

/** Web addresses; a bucket's (s3:, gs:) are the provider's own to read. */
function sourcesOf(part: AnyPart): UrlSource[] {
  if (part.type === "tool-result") return part.content.flatMap(sourcesOf);
  const source = isMedia(part) ? part.source : undefined;
  return source?.type === "url" && /^https?:/i.test(source.url) ? [source] : [];
}

function isMedia(part: AnyPart): part is MediaPart {
  return part.type === "image" || part.type === "document" || part.type === "audio" || part.type === "video";
}

function withBytes(message: Message, found: ReadonlyMap<string, MediaSource>): Message {
  return { ...message, parts: (message.parts as readonly AnyPart[]).map((part) => replaced(part, found)) } as Message;
}

function replaced(part: AnyPart, found: ReadonlyMap<string, MediaSource>): AnyPart {
  if (part.type === "tool-result") return { ...part, content: part.content.map((inner) => replaced(inner, found)) as ToolResultPart["content"] };
  const [source] = sourcesOf(part);
  const bytes = source && found.get(source.url);
  if (!bytes || bytes.type !== "base64" || !isMedia(part)) return part;
  const mediaType = fitting(part.type, bytes.mediaType, source.mediaType);
  if (mediaType === null) throw new RefusalError({ code: "media-unavailable", detail: `${shown(source.url)} is sent as ${bytes.mediaType || "nothing in particular"}, and ${part.type === "document" ? "a document" : `an ${part.type}`} is wanted` });
  return { ...part, source: { ...bytes, mediaType } } as MediaPart;
}

/** Null where the server sent something else than the part is to be. Some servers know no types. */
function fitting(type: MediaPart["type"], sent: string, said: string | undefined): string | null {
  const isUnknown = sent === "" || sent === "application/octet-stream" || sent === "binary/octet-stream";
  if (isUnknown) return said ?? null;
  if (type === "document") return sent.startsWith("image/") || sent.startsWith("video/") || sent.startsWith("audio/") ? null : sent;
  return sent.startsWith(`${type}/`) ? sent : null;
}

function refuseAddress(url: string, why: string): never {
  throw new RefusalError({ code: "media-address-refused", detail: `${shown(url)} leads to an address outside the public internet (${why})` });
}

/** Without what may be secret in it. */
function shown(url: string): string {
  return url.replace(/[?#].*$/, "").replace(/\/\/[^/@]*@/, "//").slice(0, 200);
}
