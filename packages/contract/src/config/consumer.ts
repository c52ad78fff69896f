/** An application that calls, and its keys. */
import { z } from "zod";
import { keyScopes, moment } from "./key-scopes.ts";
import { limit } from "./limits.ts";
import { entityName } from "./names.ts";

export const keyHashPattern = /^sha256:[0-9a-f]{64}$/;
export const keyHash = z.string().regex(keyHashPattern, "a hash is sha256: and 64 hexadecimal digits");

export const minSecretLength = 8;

export const consumerKey = z
  .strictObject({
    name: entityName,
    secret: z.string().min(minSecretLength, "a key has at least 8 characters").optional(),
    hash: keyHash.optional(),
    /** Of this key alone, besides the consumer's. */
    limits: z.array(limit).max(32).optional(),
    /** What it may be used for, of all that its consumer may do. */
    scopes: keyScopes.optional(),
    /** From then on it is refused. */
    expiresAt: moment.optional(),
  })
  .refine((key) => (key.secret === undefined) !== (key.hash === undefined), "a key has either a secret or a hash");

/** Whose calls go first, and whose are shed first, where an upstream has more calls than it can take (`upstream.concurrency`). */
const priority = z.enum(["high", "normal", "low"]);
export type Priority = z.output<typeof priority>;

/** A consumer as the database and the admin API keep it: keys are things of their own. */
export const consumer = z.strictObject({
  /** Names of services, and `ai`; without it, everything. */
  access: z.array(z.string()).optional(),
  limits: z.array(limit).max(32).default([]),
  /** The team whose limits hold besides its own. */
  team: entityName.optional(),
  /** `normal` without it, and for callers whom nobody knows. */
  priority: priority.optional(),
  /** By service, the version that it gets where it names none: the one that it was built against. */
  versions: z.record(z.string(), z.string()).optional(),
});
export type Consumer = z.output<typeof consumer>;
export type ConsumerSource = z.input<typeof consumer>;

export const maxKeysOfConsumer = 1000;

/** A consumer as parley.yaml writes it. */
export const consumerWithKeys = z.strictObject({ ...consumer.shape, keys: z.array(consumerKey).max(maxKeysOfConsumer).default([]) });
