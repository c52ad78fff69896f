/**
 * A reading as text, for another process of the installation: what took one of them a second need not take the other one
 * as long. There are secrets in it, so that it goes through a pipe and into no file.
 */
import type { Config, ConfigSource } from "@parley/contract/config/config";
import { type HandedEntry, handEntries, takeEntries } from "./handed-entries.ts";
import { type LargeSection, largeSections } from "./known-entries.ts";
import type { ConfigReading } from "../read-config.ts";

export interface HandedReading {
  /** Of the file, from before it was read. */
  fingerprint: string;
  reading: ConfigReading;
}

interface Written {
  fingerprint: string;
  /** Its large sections are below. */
  reading: ConfigReading;
  /** Null where there is no configuration. */
  large: Record<LargeSection, HandedEntry[]> | null;
  /** Consumers whose keys are in the source as they are in the configuration, and here in the source alone: most of a large file. */
  keysOfSource: string[];
}

const inSource: Config["consumers"][string]["keys"] = [];

export function handedText({ fingerprint, reading }: HandedReading): string {
  const { config, source, diagnostics } = reading;
  if (config === null) return JSON.stringify({ fingerprint, reading: { config, source, diagnostics }, large: null, keysOfSource: [] } satisfies Written);
  const consumers: Config["consumers"] = { ...config.consumers };
  const keysOfSource = Object.entries(config.consumers).flatMap(([name, consumer]) => {
    if (consumer.keys !== keysIn(source, name)) return [];
    consumers[name] = { ...consumer, keys: inSource };
    return [name];
  });
  const large = { services: handEntries(config.services), consumers: handEntries(consumers) };
  return JSON.stringify({ fingerprint, reading: { config: { ...config, services: {}, consumers: {} }, source, diagnostics }, large, keysOfSource } satisfies Written);
}

/** Throws where the text is not what `handedText` wrote. */
export function handedReading(text: string): HandedReading {
  const { fingerprint, reading, large, keysOfSource } = JSON.parse(text) as Written;
  const { config, source } = reading;
  if (config === null || large === null) return { fingerprint, reading };
  for (const section of largeSections) Object.assign(config, { [section]: takeEntries(large[section]) });
  for (const name of keysOfSource) {
    const consumer = config.consumers[name];
    if (consumer) consumer.keys = keysIn(source, name) ?? [];
  }
  return { fingerprint, reading };
}

function keysIn({ consumers }: ConfigSource, name: string): Config["consumers"][string]["keys"] | undefined {
  return (consumers?.[name] as Partial<Config["consumers"][string]> | undefined)?.keys;
}
