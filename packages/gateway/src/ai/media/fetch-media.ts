/** Fetches what a URL of a caller names, within bounds: without credentials, over a few redirects each of which is judged anew. */
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { AddressRefusedError, guardedLookup, mayReachHost } from "./reachable.ts";
import type { IsReachable } from "./reachable.ts";

const mostRedirects = 3;

export interface MediaBounds {
  isReachable: IsReachable;
  maxBytes: number;
  timeoutMs: number;
}

export interface FetchedMedia {
  /** Without parameters, in lower case. */
  mediaType: string;
  bytes: Buffer;
}

export type MediaFailure = { refused: string } | { unavailable: string };

/** Never rejects. */
export async function fetchMedia(url: string, bounds: MediaBounds): Promise<FetchedMedia | MediaFailure> {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), bounds.timeoutMs);
  try {
    let next = url;
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      const answer = await get(next, bounds, timer.signal);
      if (typeof answer !== "string") return answer;
      next = answer;
    }
    return { unavailable: `it leads on more than ${mostRedirects} times` };
  } catch (error) {
    if (error instanceof AddressRefusedError) return { refused: error.message };
    return { unavailable: timer.signal.aborted ? `it did not come within ${bounds.timeoutMs} ms` : "it could not be fetched" };
  } finally {
    clearTimeout(timeout);
  }
}

/** What is there, or where it is instead. */
async function get(text: string, bounds: MediaBounds, signal: AbortSignal): Promise<FetchedMedia | MediaFailure | string> {
  if (!URL.canParse(text)) return { unavailable: "it is no URL" };
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return { unavailable: "only http and https are fetched" };
  // They would go along as credentials, and whose they are nobody knows after a redirect.
  if (url.username !== "" || url.password !== "") return { unavailable: "a name and a password do not belong into a URL" };
  if (!mayReachHost(url, bounds.isReachable)) throw new AddressRefusedError(`${url.hostname} is a private address`);
  const answer = await open(url, bounds, signal);
  const { statusCode: status = 0, headers } = answer;
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    answer.destroy();
    return URL.canParse(headers.location, url.href) ? new URL(headers.location, url).href : { unavailable: "it leads to something that is no URL" };
  }
  if (status !== 200) {
    answer.destroy();
    return { unavailable: `its server answered with status ${status}` };
  }
  return read(answer, bounds.maxBytes);
}

function open(url: URL, { isReachable }: MediaBounds, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    // No connection is kept: what was looked up for one URL is not to serve another.
    const asked = send(url, { agent: false, lookup: guardedLookup(isReachable), signal, headers: { "user-agent": "parley", accept: "*/*", "accept-encoding": "identity" } }, resolve);
    asked.on("error", reject).end();
  });
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<FetchedMedia | MediaFailure> {
  const tooLarge = { unavailable: `it is larger than the ${maxBytes} bytes that one request may name` };
  const mediaType = (answer.headers["content-type"] ?? "").replace(/;.*$/, "").trim().toLowerCase();
  if (Number(answer.headers["content-length"] ?? 0) > maxBytes) {
    answer.destroy();
    return tooLarge;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the answer.
    if (bytes > maxBytes) return tooLarge;
    chunks.push(chunk);
  }
  return answer.complete ? { mediaType, bytes: Buffer.concat(chunks) } : { unavailable: "it broke off" };
}
