/**
 * A person's call to a server that is none of the configured services, made by this process. Whoever may do it must not reach
 * through it what only this machine reaches: the address that a name has at the moment of connecting has to be a public one,
 * redirects are not followed, and nothing of Parley's own (keys, cookies) goes along.
 */
import { lookup as resolve } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import type { CallElsewhere } from "@parley/contract/api/try-call";
import { isPublicAddress } from "../addresses/public-addresses.ts";

export interface ElsewherePorts {
  signal: AbortSignal;
  /** Whether an address may be connected to. */
  isAllowed?: (address: string) => boolean;
}

export class AddressNotAllowedError extends Error {
  override readonly name = "AddressNotAllowedError";
}

/** Of this connection, and not the person's to say. */
const notTheirs = new Set(["host", "connection", "content-length", "transfer-encoding", "upgrade", "keep-alive", "te", "trailer", "expect", "proxy-authorization", "accept-encoding"]);
const bodiless = new Set([101, 204, 205, 304]);

/** Rejects with an `AddressNotAllowedError`, or with what the way there said. */
export async function callElsewhere(call: CallElsewhere, { signal, isAllowed = (address) => isPublicAddress(address) === true }: ElsewherePorts): Promise<Response> {
  const target = new URL(call.target);
  const url = new URL(call.path, target);
  // A path such as //elsewhere would name another host.
  if (url.origin !== target.origin) throw new AddressNotAllowedError("the path names another host");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) expectAllowed(host, [host], isAllowed);
  const sendsBody = call.body !== undefined && call.method !== "GET" && call.method !== "HEAD";
  const answer = await new Promise<IncomingMessage>((settle, reject) => {
    const outgoing = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
      method: call.method, agent: false, signal, lookup: guardedLookup(isAllowed),
      headers: { ...theirs(call.headers), "accept-encoding": "identity", ...(sendsBody ? { "content-length": Buffer.byteLength(call.body ?? "") } : {}) },
    });
    outgoing.once("error", reject);
    outgoing.once("response", settle);
    outgoing.end(sendsBody ? call.body : undefined);
  });
  return responseOf(answer);
}

function theirs(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !notTheirs.has(name.toLowerCase())));
}

function expectAllowed(host: string, addresses: readonly string[], isAllowed: (address: string) => boolean): void {
  const refused = addresses.find((address) => !isAllowed(address));
  if (refused !== undefined || addresses.length === 0) throw new AddressNotAllowedError(`${host} is at ${refused ?? "no address"}, which is not on the public internet`);
}

/** All of a name's addresses have to be allowed: which of them is taken is not decided here. */
function guardedLookup(isAllowed: (address: string) => boolean): LookupFunction {
  return (host, asked, callback) => {
    resolve(host, { ...asked, all: true }, (error, addresses) => {
      if (error) return callback(error, [], 0);
      try {
        expectAllowed(host, addresses.map(({ address }) => address), isAllowed);
      } catch (refusal) {
        return callback(refusal as Error, [], 0);
      }
      const [first] = addresses;
      if (asked.all || first === undefined) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function responseOf(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 502;
  const headers = new Headers();
  for (let index = 0; index + 1 < answer.rawHeaders.length; index += 2) headers.append(answer.rawHeaders[index] ?? "", answer.rawHeaders[index + 1] ?? "");
  // What it says of a call of its own is no call of this gateway's log.
  headers.delete("parley-call-id");
  if (bodiless.has(status)) answer.resume();
  return new Response(bodiless.has(status) ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>), { status: status === 101 ? 502 : status, headers });
}
