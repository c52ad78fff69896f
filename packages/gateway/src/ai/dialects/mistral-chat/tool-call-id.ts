import { hash } from "node:crypto";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Mistral takes ids of nine letters and digits only. Its own come back as they are; every other one is turned into the same
 * nine characters each time, so that a call and its result still belong together, in this request and in all later ones.
 */
export function mistralToolCallId(id: string): string {
  if (/^[A-Za-z0-9]{9}$/.test(id)) return id;
  const bytes = hash("sha256", id, "buffer");
  return Array.from(bytes.subarray(0, 9), (byte) => alphabet[byte % alphabet.length]).join("");
}
