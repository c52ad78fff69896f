/** Random secrets, and the hashes under which they are kept. 256 bits cannot be guessed, so a fast hash is enough. */
import { hash } from "node:crypto";

export type RandomBytes = (count: number) => Buffer;

export function newToken(random: RandomBytes): string {
  return random(32).toString("base64url");
}

export function tokenHash(token: string): string {
  return hash("sha256", token, "hex");
}

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Big-endian base 62 of 256 bits, always 43 digits. */
export function base62(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString("hex")}`);
  let text = "";
  for (let index = 0; index < 43; index++) {
    text = digits[Number(number % 62n)] + text;
    number /= 62n;
  }
  return text;
}

export function newConsumerKey(random: RandomBytes): string {
  return `pk_${base62(random(32))}`;
}
