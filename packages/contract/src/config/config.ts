/**
 * The whole of parley.yaml. `ConfigSource` is what people write (units as text), `Config` what the program uses
 * (milliseconds, bytes). Names and meanings here are a contract with every user's file: add, never rename.
 */
import { z } from "zod";
import { ai } from "./ai.ts";
import { alert } from "./alerts.ts";
import { channel } from "./channels.ts";
import { consumerWithKeys } from "./consumer.ts";
import { entityName } from "./names.ts";
import { prompt } from "./prompt.ts";
import { service } from "./service.ts";
import { adminSettings, gatewaySettings, logging, storesSettings } from "./settings.ts";
import { team } from "./team.ts";
import { telemetry } from "./telemetry.ts";

export const config = z.strictObject({
  gateway: gatewaySettings.prefault({}),
  admin: adminSettings.prefault({}),
  data: z.string().regex(/^[^\0]+$/, "a path such as ./.parley").default("./.parley"),
  stores: storesSettings.prefault({}),
  services: z.record(entityName, service).default({}),
  ai: ai.prefault({}),
  consumers: z.record(entityName, z.preprocess((value) => value ?? {}, consumerWithKeys)).default({}),
  teams: z.record(entityName, z.preprocess((value) => value ?? {}, team)).default({}),
  prompts: z.record(entityName, prompt).default({}),
  telemetry: telemetry.prefault({}),
  logging: logging.prefault({}),
  alerts: z.record(entityName, alert).default({}),
  channels: z.record(entityName, channel).default({}),
});
export type Config = z.output<typeof config>;
export type ConfigSource = z.input<typeof config>;
