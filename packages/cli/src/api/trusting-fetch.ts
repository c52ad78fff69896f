/**
 * `fetch` for an admin API whose certificate the usual authorities do not vouch for: one that other authorities vouch for, or, on
 * this machine, exactly the one that Parley was told to show, for whatever name it is.
 */
import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { request, type RequestOptions } from "node:https";
import { Readable } from "node:stream";

/** PEM. `exactly`: the one certificate and no other, whoever it names. */
export interface Trust {
  pem: string;
  exactly: boolean;
}

type Asked = { method: string; headers: Record<string, string>; body: string | null; signal: AbortSignal | null };

export function trustingFetch(url: URL, { method, headers, body, signal }: Asked, trust: Trust): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, ...optionsOf(trust), agent: false, ...(signal === null ? {} : { signal }) }, (answer) => resolve(responseOf(answer)));
    sent.on("error", (error) => reject(new TypeError("fetch failed", { cause: error })));
    sent.end(body ?? undefined);
  });
}

function optionsOf({ pem, exactly }: Trust): RequestOptions & { allowPartialTrustChain?: boolean } {
  if (!exactly) return { ca: pem };
  const expected = new X509Certificate(pem).raw;
  return {
    ca: pem, allowPartialTrustChain: true,
    checkServerIdentity: (_name, shown) => (expected.equals(shown.raw) ? undefined : new Error("another certificate is shown there than Parley's own")),
  };
}

function responseOf(answer: IncomingMessage): Response {
  const headers = new Headers();
  for (let index = 0; index < answer.rawHeaders.length; index += 2) headers.append(answer.rawHeaders[index] as string, answer.rawHeaders[index + 1] as string);
  const status = answer.statusCode ?? 502;
  const isEmpty = status === 204 || status === 205 || status === 304;
  if (isEmpty) answer.resume();
  return new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>), { status, headers });
}
