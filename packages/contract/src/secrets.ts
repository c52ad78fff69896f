/**
 * Sealed secrets: `sealed:v1:<base64url of nonce ‖ ciphertext ‖ tag>`, AES-256-GCM under the installation's master key.
 * The purpose (such as `provider/openai/apiKey`) is authenticated, so that a sealed value cannot be moved elsewhere.
 * Consumers' keys are not sealed but hashed: they are never needed again.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const prefix = "sealed:v1:";

export function isSealed(text: string): boolean {
  return text.startsWith(prefix);
}

/** `masterKey` has 32 bytes. */
export function sealSecret(masterKey: Buffer, purpose: string, secret: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", masterKey, nonce).setAAD(Buffer.from(purpose));
  const ciphertext = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return prefix + Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString("base64url");
}

/** Throws if the master key or the purpose is another one, or the text was altered. */
export function openSecret(masterKey: Buffer, purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed.slice(prefix.length), "base64url");
  const decipher = createDecipheriv("aes-256-gcm", masterKey, bytes.subarray(0, 12)).setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(-16));
  return decipher.update(bytes.subarray(12, -16), undefined, "utf8") + decipher.final("utf8");
}

/** How a consumer's key is kept and looked up. Keys that Parley makes have 256 random bits, so a fast hash is enough. */
export function hashKey(secret: string): string {
  return `sha256:${hash("sha256", secret, "hex")}`;
}

/**
 * Where the secrets are in an entity of each kind, as JSON pointers; `*` stands for every member or item.
 * The purpose under which each is sealed is `<kind>/<name><pointer with the real members>`.
 */
export const secretPointers = {
  provider: ["/apiKey", "/keys/*/apiKey", "/secretAccessKey", "/sessionToken", "/serviceAccount", "/accessToken"],
  service: ["/upstream/credentials/value", "/versions/list/*/upstream/credentials/value"],
  channel: ["/slack", "/teams", "/pagerduty/routingKey", "/email/password", "/secret", "/headers/*"],
  settings: ["/guardrails/*/webhook/secret", "/otlp/headers/*"],
} as const satisfies Record<string, readonly string[]>;

/**
 * The installation's master key: PARLEY_MASTER_KEY (64 hexadecimal digits, or base64 of 32 bytes) before the file.
 * With `create` a missing file is made, 0600. Throws an Error whose message can be shown where there is none or it is malformed.
 */
export function loadMasterKey(path: string, options: { environment: NodeJS.ProcessEnv; create: boolean }): Buffer {
  const fromEnvironment = options.environment["PARLEY_MASTER_KEY"];
  if (fromEnvironment) return parseMasterKey(fromEnvironment, "PARLEY_MASTER_KEY");
  if (existsSync(path)) return parseMasterKey(readFileSync(path, "utf8").trim(), path);
  if (!options.create) throw new Error(`there is no master key: ${path} does not exist and PARLEY_MASTER_KEY is not set`);
  const key = randomBytes(32);
  try {
    writeFileSync(path, `${key.toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    // A full disk leaves an empty file, which the next start would take for a damaged key.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") rmSync(path, { force: true });
    throw error;
  }
  return key;
}

function parseMasterKey(text: string, place: string): Buffer {
  const key = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  if (key.length !== 32) throw new Error(`${place} is not a master key: it has to be 64 hexadecimal digits or base64 of 32 bytes`);
  return key;
}
