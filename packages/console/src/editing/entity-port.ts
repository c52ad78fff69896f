/** Reading and writing a configured thing, the same for every kind, so that there is one editor and not six. */
import type { Entity } from "@parley/contract/api/entities";
import type { ModelSource, ProviderSource } from "@parley/contract/config/ai";
import type { ConsumerSource } from "@parley/contract/config/consumer";
import type { ServiceSource } from "@parley/contract/config/service";
import { call } from "../api/client.ts";
import type { Answer } from "../api/types.ts";

export type LoggingSource = Answer<"getLogging">["spec"];
export type AiSettingsSource = Answer<"getAiSettings">["spec"];
export type AlertSource = Answer<"getAlert">["spec"];
export type ChannelSource = Answer<"getChannel">["spec"];

export interface EntityPort<Spec> {
  kind: string;
  /** The word for one of it. */
  word: string;
  /** Where it stands in parley.yaml. */
  placeInFile(name: string): readonly string[];
  read(name: string, signal?: AbortSignal): Promise<Entity<Spec>>;
  /** `etag` is what was read; null where it has to be new. */
  write(name: string, spec: Spec, etag: string | null): Promise<Entity<Spec>>;
  /** Null where it is always there. */
  remove: ((name: string, etag: string) => Promise<void>) | null;
}

export const servicePort: EntityPort<ServiceSource> = {
  kind: "service",
  word: "service",
  placeInFile: (name) => ["services", name],
  read: (name, signal) => call("getService", { path: { name } }, signal),
  write: (name, spec, ifMatch) => call("putService", { path: { name }, body: { spec }, ifMatch }),
  remove: (name, ifMatch) => call("deleteService", { path: { name }, ifMatch }),
};

export const providerPort: EntityPort<ProviderSource> = {
  kind: "provider",
  word: "provider",
  placeInFile: (name) => ["ai", "providers", name],
  read: (name, signal) => call("getProvider", { path: { name } }, signal),
  write: (name, spec, ifMatch) => call("putProvider", { path: { name }, body: { spec }, ifMatch }),
  remove: (name, ifMatch) => call("deleteProvider", { path: { name }, ifMatch }),
};

export const modelPort: EntityPort<ModelSource> = {
  kind: "model",
  word: "model alias",
  placeInFile: (name) => ["ai", "models", name],
  read: (name, signal) => call("getModel", { path: { name } }, signal),
  write: (name, spec, ifMatch) => call("putModel", { path: { name }, body: { spec }, ifMatch }),
  remove: (name, ifMatch) => call("deleteModel", { path: { name }, ifMatch }),
};

export const consumerPort: EntityPort<ConsumerSource> = {
  kind: "consumer",
  word: "consumer",
  placeInFile: (name) => ["consumers", name],
  read: (name, signal) => call("getConsumer", { path: { name } }, signal),
  write: (name, spec, ifMatch) => call("putConsumer", { path: { name }, body: { spec }, ifMatch }),
  remove: (name, ifMatch) => call("deleteConsumer", { path: { name }, ifMatch }),
};

export const alertPort: EntityPort<AlertSource> = {
  kind: "alert",
  word: "alert",
  placeInFile: (name) => ["alerts", name],
  read: (name, signal) => call("getAlert", { path: { name } }, signal),
  write: (name, spec, ifMatch) => call("putAlert", { path: { name }, body: { spec }, ifMatch }),
  remove: (name, ifMatch) => call("deleteAlert", { path: { name }, ifMatch }),
};

export const channelPort: EntityPort<ChannelSource> = {
  kind: "channel",
  word: "channel",
  placeInFile: (name) => ["channels", name],
  read: (name, signal) => call("getChannel", { path: { name } }, signal),
  write: (name, spec, ifMatch) => call("putChannel", { path: { name }, body: { spec }, ifMatch }),
  remove: (name, ifMatch) => call("deleteChannel", { path: { name }, ifMatch }),
};

export const aiSettingsPort: EntityPort<AiSettingsSource> = {
  kind: "ai",
  word: "setting",
  placeInFile: () => ["ai"],
  read: (_, signal) => call("getAiSettings", {}, signal),
  write: (_, spec, etag) => call("putAiSettings", { body: { spec }, ifMatch: etag ?? "" }),
  remove: null,
};

export const loggingPort: EntityPort<LoggingSource> = {
  kind: "logging",
  word: "setting",
  placeInFile: () => ["logging"],
  read: (_, signal) => call("getLogging", {}, signal),
  write: (_, spec, etag) => call("putLogging", { body: { spec }, ifMatch: etag ?? "" }),
  remove: null,
};
