/** Conflicts and guarantees as the admin API shows them. */
import { z } from "zod";
import { conflictCause, guaranteeLevel } from "../conflicts/cause.ts";
import { conflictRecord, conflictState } from "../conflicts/record.ts";

export const conflictQuery = z.object({
  service: z.string().optional(),
  state: conflictState.optional(),
  cause: conflictCause.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** What `next` of the page before was. */
  after: z.string().optional(),
});

/** Newest first; `next` is null on the last page. */
export const conflictPage = z.object({ items: z.array(conflictRecord), next: z.string().nullable() });

/** What a service's writers can rely on, and why it is not more. */
export const routeGuarantee = z.object({
  service: z.string(),
  mode: z.enum(["off", "observe", "enforce", "require"]),
  level: guaranteeLevel,
  reason: z.string(),
});
export type RouteGuarantee = z.infer<typeof routeGuarantee>;
