/**
 * How a coding agent is led to the gateway: a handful of slots in its own settings, each read, set and set back by itself, so that
 * what the agent or its user writes beside them meanwhile stays. May import node alone.
 */
export interface Gateway {
  /** The gateway's origin. */
  url: string;
  key: string;
  /** What the agent asks for, where it was said. */
  model: string | null;
}

/** By the slot's name; null is a slot that is not there. */
export type Slots = Record<string, string | null>;

export interface Tool {
  name: string;
  title: string;
  /** Where its settings are. */
  place(environment: NodeJS.ProcessEnv): string;
  /** Null where there are none yet. */
  load(path: string): string | null;
  store(path: string, text: string): void;
  slotsOf(text: string | null): Slots;
  withSlots(text: string | null, slots: Slots): string;
  /** Which slots lead to this gateway. */
  leadingTo(gateway: Gateway): Slots;
  /** What they lead to; null where they lead somewhere else. */
  leadsTo(slots: Slots): Pick<Gateway, "url" | "key"> | null;
  /** The same text for settings that say the same. */
  canonical(text: string): string;
  /** What is left to do by hand. */
  afterwards: string;
}

export class UnreadableSettingsError extends Error {
  override readonly name = "UnreadableSettingsError";
}
