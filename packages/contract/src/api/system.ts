import { z } from "zod";

/** A finding in a configuration, with its place. */
export const diagnostic = z.object({
  code: z.string(),
  severity: z.enum(["error", "warning"]),
  message: z.string(),
  /** JSON pointer of the entry. */
  pointer: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
  /** The line itself, so that whoever shows it needs no second look at the file. */
  excerpt: z.string().optional(),
  suggestion: z.string().optional(),
});
export type Diagnostic = z.infer<typeof diagnostic>;

export const status = z.object({
  version: z.string(),
  mode: z.enum(["database", "file"]),
  file: z.string().optional(),
  startedAt: z.string(),
  gatewayUrl: z.string(),
  /** Where applications reach it, which behind a proxy is another address. */
  gatewayPublicUrl: z.string(),
  adminUrl: z.string(),
  snapshotVersion: z.number(),
  gateways: z.array(
    z.object({ worker: z.number(), pid: z.number(), snapshotVersion: z.number(), connectedAt: z.string(), startedAt: z.string() }),
  ),
  stores: z.array(z.object({ name: z.string(), engine: z.string(), ok: z.boolean(), detail: z.string().optional() })),
  /** Of the disk of the data directory; null where it is not known. Once it is full calls go on and are not recorded. */
  disk: z.object({ freeBytes: z.number(), totalBytes: z.number(), nearlyFull: z.boolean() }).nullable(),
  callLog: z.object({ calls: z.number(), bytes: z.number(), spoolBytes: z.number() }).nullable(),
  /**
   * What was to be recorded or exported and was not, since the processes began, by the metric that counts it; calls themselves are
   * never touched. `goesOn`: some of it was lost within the last ten minutes.
   */
  lost: z.array(z.object({ metric: z.string(), what: z.string(), count: z.number(), firstAt: z.string(), lastAt: z.string(), goesOn: z.boolean() })),
  /** What is wrong with the file now; while there are errors the configuration before stays in force. */
  configuration: z.array(diagnostic),
});
export type Status = z.infer<typeof status>;

export const auditEntry = z.object({
  id: z.number(),
  at: z.string(),
  /** A person's name, or one of `ownActors`. */
  actor: z.string(),
  action: z.enum(["create", "change", "delete", "sign-in", "sign-out", "sign-in-failed", "password", "apply", "break", "restore", "call", "acknowledge", "silence", "unsilence", "test"]),
  kind: z.string(),
  name: z.string(),
  /** RFC 6902 patch from the state before to the state after; secrets read as `***`. */
  changes: z.array(z.object({ op: z.enum(["add", "remove", "replace"]), path: z.string(), value: z.unknown().optional() })),
  clientAddress: z.string().optional(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const planChange = z.object({
  action: z.enum(["create", "change", "delete"]),
  kind: z.string(),
  name: z.string(),
  changes: z.array(z.object({ op: z.enum(["add", "remove", "replace"]), path: z.string(), before: z.unknown().optional(), value: z.unknown().optional() })),
});
export const plan = z.object({
  /** The ETag of the configuration that the plan was made against. */
  base: z.string(),
  changes: z.array(planChange),
  diagnostics: z.array(diagnostic),
});
export type Plan = z.infer<typeof plan>;

export const knownProvider = z.object({
  name: z.string(),
  title: z.string(),
  /** The environment variable that holds its key, if it takes one. */
  keyVariable: z.string().nullable(),
  baseUrl: z.string().nullable(),
  needsBaseUrl: z.boolean(),
  /** Without a key of any kind it cannot be called. */
  needsKey: z.boolean(),
  /** What it wants to know beside the key. */
  settings: z.array(z.object({ name: z.string(), title: z.string(), required: z.boolean(), secret: z.boolean(), usual: z.string().nullable(), variable: z.string().nullable() })),
  /** What its API has; empty where that is not known. */
  supports: z.array(z.string()),
  /** Models to begin with. */
  models: z.array(z.string()),
});
export type KnownProvider = z.infer<typeof knownProvider>;
