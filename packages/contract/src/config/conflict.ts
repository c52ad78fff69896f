/** How a service's conflicts are handled; the words and their meaning are explained in docs/conflicts.md. */
import { z } from "zod";
import { duration, size } from "../units.ts";

const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, "a JSON pointer starts with a slash, such as /card/number");

export const conflict = z.strictObject({
  mode: z.enum(["off", "observe", "enforce", "require"]).default("observe"),
  strategy: z.enum(["reject", "retry", "merge", "serialize", "last-write-wins"]).default("reject"),
  validator: z
    .string()
    .regex(/^(?:upstream|body-hash|adapter:(?:couchdb|github|elasticsearch|kubernetes)|field:\/.*)$/, "a validator is upstream, body-hash, adapter:couchdb, adapter:github, adapter:elasticsearch, adapter:kubernetes or field:<JSON pointer>")
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
  busy: z.array(z.strictObject({ status: z.int().min(400).max(599), body: z.string().optional() })).default([]),
});
export type Conflict = z.output<typeof conflict>;
