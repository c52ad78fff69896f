/** Configured things as the admin API shows and takes them: `{ name, spec, … }`, `spec` as parley.yaml writes it. */
import { z } from "zod";
import { aiSettings, model, provider } from "../config/ai.ts";
import { alert } from "../config/alerts.ts";
import { channel } from "../config/channels.ts";
import { consumer } from "../config/consumer.ts";
import { keyScopes } from "../config/key-scopes.ts";
import { entityName } from "../config/names.ts";
import { prompt } from "../config/prompt.ts";
import { service } from "../config/service.ts";
import { logging } from "../config/settings.ts";
import { team } from "../config/team.ts";
import { telemetry } from "../config/telemetry.ts";

/** Who owns a setting: the database (changed here), the configuration file, or an environment variable. */
export const origin = z.enum(["database", "file", "environment"]);
export type Origin = z.infer<typeof origin>;

export interface Entity<Spec> {
  name: string;
  /** Secrets in it read as `***`; sending `***` back keeps the stored one. */
  spec: Spec;
  origin: Origin;
  /** As in the ETag header, quotes included. */
  etag: string;
  updatedAt: string;
  updatedBy: string;
}

function envelope<Spec extends z.ZodType>(spec: Spec) {
  return z.object({
    name: entityName.describe("Its name; the same as in the path."),
    spec: spec.describe("Its settings, as parley.yaml writes them (docs/configuration.md). A secret reads as `***`, and one that is sent back as that stays."),
    origin: origin.describe("Who owns it: the database, which is changed here, the configuration file, or an environment variable."),
    etag: z.string().describe("Its state, to be sent in If-Match; as in the ETag field, quotes included."),
    updatedAt: z.string().describe("When it was changed last (RFC 3339)."),
    updatedBy: z.string().describe("Who changed it last."),
  });
}

/** What a write takes: the whole envelope as it was read, of which only `spec` counts. */
function written<Spec extends z.ZodType>(spec: Spec) {
  return z.object({ spec, name: z.string().optional(), origin: origin.optional(), etag: z.string().optional(), updatedAt: z.string().optional(), updatedBy: z.string().optional() });
}

function kind<Spec extends z.ZodType>(spec: Spec) {
  return { spec, entity: envelope(spec), list: z.object({ items: z.array(envelope(spec)) }), write: written(spec) };
}

export const entityKinds = {
  service: kind(service),
  provider: kind(provider),
  model: kind(model),
  consumer: kind(consumer),
  team: kind(team),
  prompt: kind(prompt),
  alert: kind(alert),
  channel: kind(channel),
} as const;
export type EntityKind = keyof typeof entityKinds;

/** What everything of each kind is called, in the order of the lists: little to read where a list's specs would be much. */
const names = z.array(z.string());
export const entityNames = z.object({ service: names, provider: names, model: names, consumer: names, team: names, prompt: names, alert: names, channel: names } satisfies Record<EntityKind, typeof names>);

/** Singletons: there is always exactly one of each. */
export const settingKinds = { ai: kind(aiSettings), logging: kind(logging), telemetry: kind(telemetry) } as const;

/** The text that stands for a secret that is there and not shown. */
export const hiddenSecret = "***";

export const key = z.object({
  id: z.string(),
  consumer: z.string(),
  name: entityName,
  /** The first characters, to recognise it by; empty for a key of which only the hash is known. */
  hint: z.string(),
  origin,
  etag: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string().optional(),
  limits: z.array(z.unknown()).optional(),
  scopes: keyScopes.optional(),
  /** The id of the key that it is to take the place of, and of the one that takes its place. */
  replaces: z.string().optional(),
  replacedBy: z.string().optional(),
  lastUsedAt: z.string().optional(),
});
export type Key = z.infer<typeof key>;

/** Who still uses a key: its calls of a time by the address and the program that they came from, the commonest first. */
export const keyUse = z.object({
  key,
  calls: z.number(),
  addresses: z.array(z.object({ value: z.string(), calls: z.number() })),
  userAgents: z.array(z.object({ value: z.string(), calls: z.number() })),
});

/** A key whose place another one takes: both, until the old one ends. */
export const keyRotation = z.object({ key, secret: z.string(), replaced: key });
