/**
 * What a request says, in one form for every dialect: read from the recorded request and from the one that arrived at the
 * provider, and then compared. Between the two lies `write-openai.ts`, which asks the gateway for the same. The readers
 * import nothing of the gateway's.
 */
export interface Saying {
  system: SaidText[];
  /** Neighbours of one role are one turn; results of tools stand in the user's. */
  turns: Turn[];
  tools: SaidTool[];
  toolChoice: string | { only: string[] } | null;
  settings: Settings;
  /** What the recorded request also says and no chat completion can; neither of the two readings has it. */
  unsayable: Set<string>;
}

export interface Turn {
  role: "user" | "assistant";
  parts: SaidPart[];
}

export interface SaidText {
  kind: "text";
  text: string;
  cache?: string;
  signature?: string;
}

export type SaidPart =
  | SaidText
  | { kind: "image" | "file" | "audio"; media: string; data: string; title?: string; cache?: string }
  /** `call` counts the calls of the conversation from 1, since ids differ from provider to provider. */
  | { kind: "call"; call: number; name: string; arguments: unknown; signature?: string; cache?: string }
  | { kind: "result"; call: number; content: unknown; images?: string[]; cache?: string }
  | { kind: "reasoning"; text: string; signature?: string; redacted?: string };

export interface SaidTool {
  name: string;
  description: string;
  /** JSON Schema with type names in lower case; null for a tool without parameters. */
  parameters: unknown;
  cache?: string;
}

export interface Settings {
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stop?: string[];
  seed?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  choices?: number;
  parallelTools?: boolean;
  logprobs?: number | true;
  format?: "json" | { schema: unknown };
  /** none, low, medium, high, or a budget of tokens. */
  thinking?: string | number;
  thoughts?: boolean;
  user?: string;
}

export function emptySaying(): Saying {
  return { system: [], turns: [], tools: [], toolChoice: null, settings: {}, unsayable: new Set() };
}

/** Adds a part to the turn of this role, which the last one is or a new one becomes. Empty text says nothing. */
export function addPart(saying: Saying, role: Turn["role"], part: SaidPart): void {
  if (part.kind === "text" && part.text === "" && part.signature === undefined) return;
  const last = saying.turns.at(-1);
  if (last?.role === role) last.parts.push(part);
  else saying.turns.push({ role, parts: [part] });
}

/** Members that are there, so that two sayings compare member by member. */
export function present<T extends object>(members: T): { [K in keyof T]-?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null)) as never;
}

/** What a request has besides these is either something that no chat completion can say, or was invented on the way. */
export function noteOthers(saying: Saying, holder: object, known: readonly string[]): void {
  for (const name of Object.keys(holder)) if (!known.includes(name)) saying.unsayable.add(name);
}

/** Numbers calls and finds the number of a result's call, by its id or, where there is none, by the tool's name. */
export class CallNumbers {
  readonly #calls: { id: string; name: string; answered: boolean }[] = [];

  called(id: string, name: string): number {
    return this.#calls.push({ id, name, answered: false });
  }

  answered(id: string, name: string): number {
    const byId = id === "" ? -1 : this.#calls.findLastIndex((call) => call.id === id);
    const index = byId === -1 ? this.#calls.findIndex((call) => !call.answered && (call.name === name || name === "")) : byId;
    const call = this.#calls[index];
    if (call) call.answered = true;
    return index + 1;
  }
}

/** Google writes types in capitals, and describes what JSON Schema needs no word for. */
export function plainSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plainSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const kept = Object.entries(schema).filter(([name, value]) => name !== "$schema" && !(name === "additionalProperties" && value === false));
  const plain = Object.fromEntries(kept.map(([name, value]) => [name, name === "type" && typeof value === "string" ? value.toLowerCase() : plainSchema(value)]));
  return plain;
}

/** A schema without properties is none. */
export function parametersOf(schema: unknown): unknown {
  const properties = (schema as { properties?: object } | undefined)?.properties;
  return properties === undefined || Object.keys(properties).length === 0 ? null : plainSchema(schema);
}

/** Standard base64, whichever alphabet and padding it came in. */
export function standardBase64(text: string): string {
  return Buffer.from(text, "base64").toString("base64");
}

/** JSON where it is JSON, else the text. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
