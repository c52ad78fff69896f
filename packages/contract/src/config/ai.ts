/** Providers of AI models, and the names under which applications reach models. */
import { z } from "zod";
import { duration } from "../units.ts";
import { access, jsonWebTokens } from "./access.ts";
import { entityName, httpUrl, pathPrefix } from "./names.ts";

export const provider = z.strictObject({
  /** What it speaks; by default the provider's own name. */
  kind: z.string().optional(),
  apiKey: z.string().optional(),
  baseUrl: httpUrl.optional(),
  /** Names the models it serves; by default what is known of its kind. */
  models: z.array(z.string()).optional(),
  timeouts: z
    .strictObject({ connect: duration.prefault("5s"), firstByte: duration.prefault("120s"), idle: duration.prefault("60s") })
    .prefault({}),
});
export type Provider = z.output<typeof provider>;
export type ProviderSource = z.input<typeof provider>;

const modelReference = z.string().regex(/^[A-Za-z0-9._-]+\/.+$/, "a target names its provider and its model, such as openai/gpt-5-mini");

export const model = z.strictObject({
  strategy: z.enum(["failover", "weighted", "fastest", "cheapest"]).default("failover"),
  targets: z.array(z.strictObject({ model: modelReference, weight: z.int().min(0).default(1) })).min(1).max(100),
  timeouts: z.strictObject({ firstToken: duration.optional(), idle: duration.optional() }).prefault({}),
});
export type Model = z.output<typeof model>;
export type ModelSource = z.input<typeof model>;

/** The mount point of the AI endpoints. */
export const aiSettings = z.strictObject({ path: pathPrefix.default("/"), access: access.default("key"), jwt: jsonWebTokens.optional() });
export type AiSettings = z.output<typeof aiSettings>;

export const ai = z.strictObject({
  ...aiSettings.shape,
  providers: z.record(entityName, z.preprocess((value) => value ?? {}, provider)).default({}),
  models: z.record(entityName, model).default({}),
});
export type Ai = z.output<typeof ai>;
