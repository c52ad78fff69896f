/** One conflict as it is kept, listed by the admin API and shown at its own address. */
import { z } from "zod";
import { conflictMembers } from "./problem.ts";

/**
 * `potential`: two actors edit the same thing now, nothing happened yet. `prevented`: the write was not carried out.
 * `merged`: both changes are in. `lost`: an update was overwritten unnoticed. `applied`: it had been carried out after all. `unknown`: nobody can say yet.
 */
export const conflictState = z.enum(["potential", "prevented", "merged", "lost", "applied", "unknown"]);
export type ConflictState = z.infer<typeof conflictState>;

/** What a client is handed at the conflict's address under the gateway, and people in the console. */
export const conflictRecord = conflictMembers.extend({
  /** 128 random bits, 32 hexadecimal digits. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** Unix milliseconds. */
  at: z.number(),
  state: conflictState,
  service: z.string(),
  /** Path on the gateway, without the query. */
  resource: z.string(),
  method: z.string(),
  /** The call that met it. */
  callId: z.string().optional(),
  /** Whose call it was; only this consumer may open the record on the gateway's port. Absent on an open service. */
  consumer: z.string().optional(),
  /** Everybody who took part, that consumer first. */
  consumers: z.array(z.string()),
  /** The status that the client saw; 0 where it saw a success (a lost update, an overlap). */
  status: z.number(),
  detail: z.string(),
  /** True where an actor is known by address and user agent alone. */
  probable: z.boolean().optional(),
  /** JSON pointers that it is about. */
  pointers: z.array(z.string()).optional(),
  /** JSON pointers of what the write meant to change of what its client had read; absent where that is not known. */
  intended: z.array(z.string()).optional(),
  /** What was found when the gateway looked again later. */
  found: z.object({ at: z.number(), outcome: z.enum(["applied", "not-applied", "diverged"]) }).optional(),
});
export type ConflictRecord = z.infer<typeof conflictRecord>;

/** Where a conflict can be opened by the consumer that met it. */
export const conflictPath = "/.well-known/parley/conflicts/";
