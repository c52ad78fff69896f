/** How the targets of services are, as the gateway's workers see them at this moment. */
import { z } from "zod";

export const targetState = z.object({
  service: z.string(),
  /** The target's URL. */
  target: z.string(),
  /** `resting` after failures, `on-trial` while one call tries it again, `unhealthy` by its active checks. */
  state: z.enum(["in-rotation", "resting", "on-trial", "unhealthy"]),
  /** Tries under way. */
  inFlight: z.number(),
  /** Moving average of the time to an answer's head. */
  averageMs: z.number(),
  /** In a row. */
  failures: z.number(),
  restsForMs: z.number(),
});
export type TargetState = z.output<typeof targetState>;
