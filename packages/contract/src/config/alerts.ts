/** Alerts and where they go. */
import { z } from "zod";
import { duration } from "../units.ts";
import { httpUrl } from "./names.ts";

export const alert = z.strictObject({
  when: z.strictObject({ metric: z.string(), service: z.string().optional(), above: z.number().optional(), below: z.number().optional(), for: duration.optional() }),
  notify: z.array(z.string()),
});
export type Alert = z.output<typeof alert>;

export const channel = z.strictObject({ webhook: httpUrl });
export type Channel = z.output<typeof channel>;
