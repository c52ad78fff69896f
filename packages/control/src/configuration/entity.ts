/** What is configured, as the control plane holds it in memory, whichever source it came from. */
import type { Origin } from "@parley/contract/api/entities";
import { consumer } from "@parley/contract/config/consumer";
import { alert } from "@parley/contract/config/alerts";
import { channel } from "@parley/contract/config/channels";
import { aiSettings, model, provider } from "@parley/contract/config/ai";
import { prompt } from "@parley/contract/config/prompt";
import { keyScopes } from "@parley/contract/config/key-scopes";
import { limit } from "@parley/contract/config/limits";
import { service } from "@parley/contract/config/service";
import { gatewaySettings, logging } from "@parley/contract/config/settings";
import { team } from "@parley/contract/config/team";
import { telemetry } from "@parley/contract/config/telemetry";
import type { Json } from "@parley/stores/ports/config-store";
import { z } from "zod";

export const kinds = ["service", "provider", "model", "consumer", "team", "prompt", "document", "key", "alert", "channel", "settings"] as const;
export type Kind = (typeof kinds)[number];

export interface HeldEntity {
  kind: Kind;
  name: string;
  /** As parley.yaml writes it, secrets sealed. */
  spec: Json;
  origin: Origin;
  /** The ETag without its quotes. */
  tag: string;
  updatedAt: number;
  updatedBy: string;
  /** The parsed form for the snapshot where it is not what the spec alone parses to: in a file the spec may still hold ${…}. */
  resolved?: unknown;
  /** `resolved` as JSON text, where it was made to be told from what was before: what is published of it then is the same text. */
  json?: string;
}

/** A consumer's key. Its secret is nowhere. */
export interface KeySpec {
  consumer: string;
  name: string;
  /** `sha256:` and hexadecimal digits. */
  hash: string;
  hint: string;
  createdAt: string;
  createdBy: string;
  expiresAt?: string;
  /** As parley.yaml writes them. */
  limits?: Json[];
  /** As `KeyScopes` has it. */
  scopes?: Record<string, string[]>;
  /** Ids of keys. */
  replaces?: string;
  replacedBy?: string;
}

/** An OpenAPI document as it was given, and where it was fetched from. */
const documentSpec = z.object({ text: z.string(), from: z.string().optional() });
export type DocumentSpec = z.output<typeof documentSpec>;

const keySpec = z.object({
  consumer: z.string(), name: z.string(), hash: z.string(), hint: z.string(), createdAt: z.string(), createdBy: z.string(), expiresAt: z.string().optional(),
  limits: z.array(limit).optional(), scopes: keyScopes.optional(), replaces: z.string().optional(), replacedBy: z.string().optional(),
});

/** Settings of the gateway that take effect while it runs. */
const gatewayLive = gatewaySettings.pick({ trustProxy: true, limits: true });

const settingsSchemas: Record<string, z.ZodType> = { ai: aiSettings, logging, telemetry, gateway: gatewayLive };
export const settingsNames = ["ai", "logging", "telemetry", "gateway"] as const;

/** The schema of a spec: its input is what people write, its output what a snapshot holds. */
export function specSchema(kind: Kind, name: string): z.ZodType {
  switch (kind) {
    case "service": return service;
    case "provider": return provider;
    case "model": return model;
    case "consumer": return consumer;
    case "team": return team;
    case "prompt": return prompt;
    case "document": return documentSpec;
    case "key": return keySpec;
    case "alert": return alert;
    case "channel": return channel;
    case "settings": return settingsSchemas[name] ?? z.never();
  }
}

export function keySpecOf(entity: HeldEntity): KeySpec {
  return entity.spec as unknown as KeySpec;
}
