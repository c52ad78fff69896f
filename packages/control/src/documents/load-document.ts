/**
 * Documents from files and from URLs. What somebody who may only change the configuration names is fetched from public
 * addresses alone: otherwise the control plane would read what is behind its firewall, and tell (SSRF). Bounded in size,
 * time and redirects. May import the reading of documents; hides sockets and files.
 */
import { maxDocumentBytes } from "@parley/openapi/reading";
import { lookup } from "node:dns";
import { open } from "node:fs/promises";
import { get as getHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { get as getHttps } from "node:https";
import { isPublicAddress } from "../addresses/public-addresses.ts";

const fetchWithinMs = 10_000;
const maxRedirects = 3;

export type Loaded = { text: string } | { failure: string };

export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

export async function loadFile(path: string): Promise<Loaded> {
  let handle;
  try {
    handle = await open(path, "r");
    const { size } = await handle.stat();
    if (size > maxDocumentBytes) return { failure: `${path} has more than 16 MiB` };
    return { text: await handle.readFile("utf8") };
  } catch (error) {
    return { failure: `${path} cannot be read: ${(error as Error).message}` };
  } finally {
    await handle?.close();
  }
}

export async function loadUrl(url: string, { anyAddress }: { anyAddress: boolean }): Promise<Loaded> {
  try {
    return await followed(url, { anyAddress, signal: AbortSignal.timeout(fetchWithinMs) });
  } catch (error) {
    return { failure: `${url} cannot be fetched: ${(error as Error).message}` };
  }
}

async function followed(first: string, options: { anyAddress: boolean; signal: AbortSignal }): Promise<Loaded> {
  let url = new URL(first);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    if (url.protocol !== "http:" && url.protocol !== "https:") return { failure: `${url.protocol} is not followed` };
    if (url.username !== "" || url.password !== "") return { failure: "credentials do not belong into a URL" };
    const answer = await request(url, options);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      answer.destroy();
      url = new URL(location, url);
      continue;
    }
    if (status !== 200) {
      answer.destroy();
      return { failure: `${first} answered with status ${status}` };
    }
    return bodyOf(answer, first);
  }
  return { failure: `${first} was redirected more than ${maxRedirects} times` };
}

/** The address is judged where the connection is made, so that a name cannot lead elsewhere the second time. */
function request(url: URL, { anyAddress, signal }: { anyAddress: boolean; signal: AbortSignal }): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!anyAddress && isPublicAddress(host) === false) return Promise.reject(new Error(`${host} is not a public address`));
  const options: RequestOptions = { signal, headers: { accept: "application/json, application/yaml;q=0.9, */*;q=0.1" }, agent: false, ...(anyAddress ? {} : { lookup: publicLookup }) };
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === "https:" ? getHttps : getHttp)(url, options, resolve);
    sent.once("error", reject);
  });
}

const publicLookup: NonNullable<RequestOptions["lookup"]> = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "", 4);
    const bad = addresses.find(({ address }) => isPublicAddress(address) !== true);
    const [first] = addresses;
    if (bad || !first) return callback(new Error(`${hostname} leads to ${bad?.address ?? "nothing"}, which is not a public address`), "", 4);
    if (options.all === true) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

async function bodyOf(answer: IncomingMessage, url: string): Promise<Loaded> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxDocumentBytes) {
      answer.destroy();
      return { failure: `${url} has more than 16 MiB` };
    }
    chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString("utf8") };
}
