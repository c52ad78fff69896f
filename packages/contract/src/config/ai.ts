/** Providers of AI models, and the names under which applications reach models. */
import { z } from "zod";
import { duration, size, timerDuration } from "../units.ts";
import { access, jsonWebTokens } from "./access.ts";
import { mutualTls } from "./tls.ts";
import { aiCache } from "./ai-cache.ts";
import { guardrail } from "./ai-guardrails.ts";
import { aiMedia } from "./ai-media.ts";
import { prices } from "./ai-prices.ts";
import { budget, limit } from "./limits.ts";
import { conversationSettings } from "./conversations.ts";
import { entityName, fieldText, httpUrl, pathPrefix } from "./names.ts";

/** One of several keys of an account: the gateway spreads calls over them by weight. */
export const providerKey = z.strictObject({ name: entityName, apiKey: fieldText, weight: z.int().min(0).max(1000).default(1) });

/** A part of a host name or of a path, such as a region, an account or a project. */
const addressPart = z.string().regex(/^(?:https:\/\/)?[A-Za-z0-9][A-Za-z0-9._:-]*\/?$/, "letters, digits, dots and dashes");

export const provider = z.strictObject({
  /** What it speaks; by default the provider's own name. */
  kind: z.string().optional(),
  apiKey: fieldText.optional(),
  /** More keys of the same account; one that is told to wait or refused rests while the others go on. */
  keys: z.array(providerKey).max(100).refine(hasUniqueNames, "each key has a name of its own").optional(),
  baseUrl: httpUrl.optional(),
  /** Bedrock and watsonx: where it runs, such as us-east-1. */
  region: addressPart.optional(),
  /** Bedrock without an API key: AWS credentials; requests are signed with them. */
  accessKeyId: fieldText.optional(),
  secretAccessKey: z.string().optional(),
  sessionToken: fieldText.optional(),
  /** Cloudflare's account id, Snowflake's account identifier, Databricks' workspace host. */
  account: addressPart.optional(),
  /** Azure OpenAI: with a date such as 2024-10-21 models are deployments; without, the v1 surface is used. */
  apiVersion: z.string().regex(/^[A-Za-z0-9.-]+$/, "a version such as 2024-10-21").optional(),
  /** Vertex AI. */
  project: addressPart.optional(),
  location: addressPart.optional(),
  /** Vertex AI: the JSON key of a service account; tokens are fetched with it and kept until they expire. */
  serviceAccount: z.string().refine(isServiceAccount, "the JSON key of a service account, with client_email and private_key").optional(),
  /** Vertex AI and Azure OpenAI: a token that somebody else renews. */
  accessToken: fieldText.optional(),
  /** Names the models it serves; by default what is known of its kind. */
  models: z.array(z.string()).optional(),
  timeouts: z
    .strictObject({ connect: duration.prefault("5s"), firstByte: duration.prefault("120s"), idle: duration.prefault("60s") })
    .prefault({}),
});
export type Provider = z.output<typeof provider>;
export type ProviderSource = z.input<typeof provider>;

function hasUniqueNames(keys: readonly { name: string }[]): boolean {
  return new Set(keys.map(({ name }) => name)).size === keys.length;
}

/** Sealed and hidden texts are looked at when they are opened. */
function isServiceAccount(text: string): boolean {
  return text === "" || text === "***" || text.startsWith("sealed:") || (text.includes('"client_email"') && text.includes('"private_key"'));
}

const modelReference = z.string().regex(/^[A-Za-z0-9._-]+\/.+$/, "a target names its provider and its model, such as openai/gpt-5-mini");

const targetTimeouts = z.strictObject({
  /** Of a stream: until its first content. */
  firstToken: timerDuration.optional(),
  /** Until the answer begins, instead of the provider's own: one that is not streamed begins when all of it is there. */
  firstByte: duration.optional(),
  /** The longest pause in an answer. */
  idle: duration.optional(),
});
const oneOrMore = z.union([z.string(), z.array(z.string()).min(1).max(100)]);

/** When a target may be used; all that is said has to hold. */
export const targetCondition = z.strictObject({
  /** The name that the application asked for; `*` stands for any letters. */
  model: oneOrMore.optional(),
  consumer: oneOrMore.optional(),
  /** Header fields by name; `*` stands for any letters, and alone for any value. */
  header: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of a header field"), oneOrMore).optional(),
  /** Of the request's body. */
  size: z.strictObject({ above: size.optional(), below: size.optional() }).optional(),
});
export type TargetCondition = z.output<typeof targetCondition>;

export const modelTarget = z.strictObject({
  model: modelReference,
  weight: z.int().min(0).default(1),
  /** Instead of the alias's own. */
  timeouts: targetTimeouts.optional(),
  when: targetCondition.optional(),
});

export const model = z.strictObject({
  strategy: z.enum(["failover", "weighted", "fastest", "cheapest"]).default("failover"),
  targets: z.array(modelTarget).min(1).max(100),
  timeouts: targetTimeouts.prefault({}),
  /** Of the alias, all callers together. */
  limits: z.array(budget).max(32).default([]),
  /** A conversation stays on the target that answered its first turn, so that the provider's cache and its signatures are of use. */
  pin: z.enum(["none", "conversation"]).default("none"),
});
export type Model = z.output<typeof model>;
export type ModelSource = z.input<typeof model>;

/** The mount point of the AI endpoints, and what holds for all of them. */
export const aiSettings = z.strictObject({
  path: pathPrefix.default("/"),
  access: access.default("key"),
  jwt: jsonWebTokens.optional(),
  /** For `access: mtls`. */
  mtls: mutualTls.optional(),
  /** Counted for each consumer. */
  limits: z.array(limit).max(32).default([]),
  prices: prices.default({}),
  /** What a call under a cost limit meets where no price of its model is known: it goes on and says so, or is refused. */
  unpriced: z.enum(["admit", "refuse"]).default("admit"),
  cache: aiCache.prefault({}),
  guardrails: z.record(entityName, guardrail).default({}),
  conversations: conversationSettings.prefault({}),
  media: aiMedia.prefault({}),
});
export type AiSettings = z.output<typeof aiSettings>;

export const ai = z.strictObject({
  ...aiSettings.shape,
  providers: z.record(entityName, z.preprocess((value) => value ?? {}, provider)).default({}),
  models: z.record(entityName, model).default({}),
});
export type Ai = z.output<typeof ai>;
