/**
 * A reading as text, for another process of the installation: what took one of them a second need not take the other one
 * as long. There are secrets in it, so that it goes through a pipe and into no file.
 */
import type { Config, ConfigSource } from "@parley/contract/config/config";
import type { ConfigReading } from "./read-config.ts";

export interface HandedReading {
  /** Of the file, from before it was read. */
  fingerprint: string;
  reading: ConfigReading;
}

interface Written extends HandedReading {
  /** Consumers whose keys are in the source as they are in the configuration, and here in the source alone: most of a large file. */
  keysOfSource: string[];
}

export function handedText({ fingerprint, reading }: HandedReading): string {
  const { config, source } = reading;
  if (config === null) return JSON.stringify({ fingerprint, reading, keysOfSource: [] } satisfies Written);
  const consumers: Config["consumers"] = { ...config.consumers };
  const keysOfSource = Object.entries(config.consumers).flatMap(([name, consumer]) => {
    if (consumer.keys !== keysIn(source, name)) return [];
    consumers[name] = { ...consumer, keys: [] };
    return [name];
  });
  return JSON.stringify({ fingerprint, reading: { ...reading, config: { ...config, consumers } }, keysOfSource } satisfies Written);
}

/** Throws where the text is not what `handedText` wrote. */
export function handedReading(text: string): HandedReading {
  const { fingerprint, reading, keysOfSource } = JSON.parse(text) as Written;
  for (const name of keysOfSource) {
    const consumer = reading.config?.consumers[name];
    if (consumer) consumer.keys = keysIn(reading.source, name) ?? [];
  }
  return { fingerprint, reading };
}

function keysIn({ consumers }: ConfigSource, name: string): Config["consumers"][string]["keys"] | undefined {
  return (consumers?.[name] as Partial<Config["consumers"][string]> | undefined)?.keys;
}
