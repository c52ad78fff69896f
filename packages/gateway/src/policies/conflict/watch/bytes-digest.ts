/**
 * Hot path (benchmark: observe). Whether a body is byte for byte the one that was seen before, at the least cost that leaves no
 * doubt: a wrong "the same" would make a reader hold a state that it never saw, and accuse it later. Small bodies are hashed with
 * SHA-256. For large ones a keyed universal hash (the tag of AES-GCM over data that is only authenticated, NIST SP 800-38D) costs
 * a seventh of that: two bodies share a tag with odds of their length to 2^128, for whoever does not know the key. One nonce for
 * all bodies would give the key away to people who see tags; here nobody does, and key and tags live in memory only.
 */
import { createCipheriv, createSecretKey, hash, type KeyObject } from "node:crypto";
import { joined, lengthOf } from "./pieces.ts";

/** Setting up the cipher costs as much as SHA-256 over this much. */
const largeBytes = 6 * 1024;
const nonce = Buffer.alloc(12);

export const digestKeyBytes = 16;

export type DigestKey = KeyObject;

/** Made once: node:crypto takes 14 µs to accept a key as bytes. */
export function digestKey(secret: Buffer): DigestKey {
  return createSecretKey(secret);
}

/** Only then a key is needed. */
export function isLarge(pieces: readonly Buffer[]): boolean {
  return lengthOf(pieces) >= largeBytes;
}

/** `key` is null where the body is not large. */
export function digestBytes(key: DigestKey | null, pieces: readonly Buffer[]): string {
  if (key === null || !isLarge(pieces)) return hash("sha256", joined(pieces), "base64");
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  for (const piece of pieces) cipher.setAAD(piece);
  cipher.final();
  return cipher.getAuthTag().toString("base64");
}
