// Hot path: once for each call of an alias whose targets have conditions.
/** Which targets of an alias may answer a call: by the name that was asked for, the consumer, header fields, the body's size. */
import type { TargetCondition } from "@parley/contract/config/ai";

/** What is known of a call when its targets are chosen. */
export interface Asked {
  readonly model: string;
  readonly consumer: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly bodyBytes: number;
  readonly stream: boolean;
  /** What tells one conversation from another; asked only where it is wanted. */
  conversation(): string | null;
}

export type Condition = (asked: Asked) => boolean;

/** Null where the target may answer every call. */
export function compileCondition(when: TargetCondition | undefined): Condition | null {
  if (!when) return null;
  const conditions: Condition[] = [];
  const { model, consumer, header, size } = when;
  if (model !== undefined) conditions.push(matching(model, (asked) => asked.model));
  if (consumer !== undefined) conditions.push(matching(consumer, (asked) => asked.consumer));
  for (const [name, wanted] of Object.entries(header ?? {})) {
    const lower = name.toLowerCase();
    conditions.push(matching(wanted, ({ headers }) => joined(headers[lower])));
  }
  if (size?.above !== undefined) conditions.push(({ bodyBytes }) => bodyBytes > (size.above ?? 0));
  if (size?.below !== undefined) conditions.push(({ bodyBytes }) => bodyBytes < (size.below ?? Infinity));
  return conditions.length === 0 ? null : (asked) => conditions.every((holds) => holds(asked));
}

function joined(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" || value === undefined ? value : value.join(", ");
}

function matching(wanted: string | readonly string[], read: (asked: Asked) => string | undefined): Condition {
  const patterns = (typeof wanted === "string" ? [wanted] : wanted).map(compilePattern);
  return (asked) => {
    const value = read(asked);
    return value !== undefined && patterns.some((pattern) => pattern(value));
  };
}

/** `*` stands for any letters; the pieces between are looked for in their order, so that no pattern takes long. */
function compilePattern(pattern: string): (value: string) => boolean {
  const pieces = pattern.split("*");
  if (pieces.length === 1) return (value) => value === pattern;
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  const between = pieces.slice(1, -1);
  return (value) => {
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
    let position = first.length;
    for (const piece of between) {
      const found = value.indexOf(piece, position);
      if (found === -1 || found + piece.length > value.length - last.length) return false;
      position = found + piece.length;
    }
    return true;
  };
}
