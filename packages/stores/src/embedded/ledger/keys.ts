/** Hot path (benchmark: guard). The keys of rows, and digests between their text and their 16 bytes. */
import { hash } from "node:crypto";
import type { IdempotencyKey, Resource } from "../../ports/ledger.ts";

export function resourceKey(resource: Resource): Buffer {
  return keyOf(`${resource.service}\0${resource.path}`);
}

export function idempotencyKey(service: string, key: IdempotencyKey): Buffer {
  return keyOf(JSON.stringify([service, key.consumer, key.route, key.key]));
}

export function fingerprintBytes(fingerprint: string): Buffer {
  return keyOf(fingerprint);
}

const keyBytes = 16;

/**
 * By way of text, and written here: sixteen bytes that are V8's own cost little, while a digest's buffer and whatever the library
 * writes into have memory outside of its heap, which costs more than the digest.
 */
function keyOf(text: string): Buffer {
  const digest = hash("sha256", text, "binary");
  const key = Buffer.alloc(keyBytes);
  for (let index = 0; index < keyBytes; index += 1) key[index] = digest.charCodeAt(index);
  return key;
}

export function digestBytes(digest: string | null): Buffer | null {
  return digest === null ? null : Buffer.from(digest, "base64url");
}

export function digestText(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}
