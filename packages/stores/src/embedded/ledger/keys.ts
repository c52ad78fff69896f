/** Hot path (benchmark: guard). The keys of rows, and digests between their text and their 16 bytes. */
import { hash } from "node:crypto";
import type { IdempotencyKey, Resource } from "../../ports/ledger.ts";

export function resourceKey(resource: Resource): Buffer {
  return hash("sha256", `${resource.service}\0${resource.path}`, "buffer").subarray(0, 16);
}

export function idempotencyKey(service: string, key: IdempotencyKey): Buffer {
  return hash("sha256", JSON.stringify([service, key.consumer, key.route, key.key]), "buffer").subarray(0, 16);
}

export function fingerprintBytes(fingerprint: string): Buffer {
  return hash("sha256", fingerprint, "buffer").subarray(0, 16);
}

export function digestBytes(digest: string | null): Buffer | null {
  return digest === null ? null : Buffer.from(digest, "base64url");
}

export function digestText(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}
