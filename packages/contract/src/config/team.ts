/** Several consumers whose limits are counted together, besides their own. */
import { z } from "zod";
import { limit } from "./limits.ts";

export const team = z.strictObject({ description: z.string().optional(), limits: z.array(limit).max(32).default([]) });
export type Team = z.output<typeof team>;
export type TeamSource = z.input<typeof team>;
