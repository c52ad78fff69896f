/** How a service's conflicts are handled; the words and their meaning are explained in docs/conflicts.md. */
import { z } from "zod";
import { duration, period, size } from "../units.ts";
import { batch } from "./batches.ts";

const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, "a JSON pointer starts with a slash, such as /card/number, and writes ~ in a name as ~0 and / as ~1");

/** An answer of an upstream's, told by its status and a part of its body. */
const answerPattern = z.strictObject({ status: z.int().min(400).max(599), body: z.string().optional() });

/** Upstreams whose own way to compare versions the gateway knows. */
export const versionAdapters = ["couchdb", "github", "elasticsearch", "kubernetes"] as const;
export type VersionAdapter = (typeof versionAdapters)[number];

export const conflict = z.strictObject({
  mode: z.enum(["off", "observe", "enforce", "require"]).default("observe"),
  strategy: z.enum(["reject", "retry", "merge", "serialize", "last-write-wins"]).default("reject"),
  validator: z
    .string()
    .regex(new RegExp(`^(?:upstream|body-hash|adapter:(?:${versionAdapters.join("|")})|field:/.*)$`), `a validator is upstream, body-hash, ${versionAdapters.map((name) => `adapter:${name}`).join(", ")} or field:<JSON pointer>`)
    .optional(),
  writers: z.enum(["shared", "exclusive"]).default("shared"),
  actor: z.string().regex(/^(?:header:[A-Za-z0-9-]+|claim:\/.*)$/, "an actor is header:<name> or claim:<JSON pointer>").optional(),
  probe: z.string().startsWith("/").optional(),
  maxBody: size.prefault("1MiB"),
  ifMatch: z.enum(["strong", "weak"]).default("strong"),
  scope: z.string().regex(/^(?:resource|parent|\/.*)$/, "a scope is resource, parent or a path pattern").default("resource"),
  merge: z
    .strictObject({
      arrays: z.enum(["atomic", "keyed"]).default("atomic"),
      keys: z.record(pointer, z.string()).default({}),
      forbid: z.array(pointer).default([]),
    })
    .prefault({}),
  idempotency: z.strictObject({ require: z.array(z.string()).default([]), retain: duration.prefault("24h") }).prefault({}),
  uniqueKey: pointer.optional(),
  onDuplicate: z.enum(["reject", "return-existing", "convert-to-update"]).default("reject"),
  locks: z.strictObject({ maxTtl: duration.prefault("5m"), delay: duration.optional() }).prefault({}),
  durability: z.enum(["process", "fsync"]).default("process"),
  /** How the upstream says that it is busy with the resource for the moment. */
  busy: z.array(answerPattern).default([]),
  /** How the upstream says, other than by 409 and 412, that the version it was given is not the current one. */
  stale: z.array(answerPattern).default([]),
  /** How many conflicts each consumer may cause; past that its writes get 429. Counted over all workers. */
  contention: z.strictObject({ conflicts: z.int().min(1).max(1_000_000_000).default(6_000), per: period.prefault("1m") }).prefault({}),
  /** What becomes of guarded writes while the ledger is down: refused with 503, or compared and sent without being ordered or remembered. */
  ledgerDown: z.enum(["refuse", "pass"]).default("refuse"),
  /** What becomes of a PUT with Content-Range, which writes a part of the resource. */
  partialPut: z.enum(["refuse", "pass"]).default("refuse"),
  /** Requests that write several resources at once, each of which is guarded. */
  batches: z.array(batch).max(20).default([]),
});
export type Conflict = z.output<typeof conflict>;
