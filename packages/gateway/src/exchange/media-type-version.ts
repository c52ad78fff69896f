/** Hot path of services whose versions stand in media types. Where a field names versions, as a parameter of media ranges or of a media type (RFC 9110 §12.5.1, §8.3). */

export interface NamedVersion {
  version: string;
  /** From 0 to 1; what is not said is 1. */
  weight: number;
  /** Where in the field the parameter's value stands, quotes included. */
  start: number;
  end: number;
}

interface Span {
  start: number;
  end: number;
}

/** In the order of the field; `parameter` in lower case. */
export function versionsNamedIn(field: string, parameter: string): NamedVersion[] {
  const found: NamedVersion[] = [];
  for (const range of spansBetween(field, ",", { start: 0, end: field.length })) {
    let named: Span | null = null;
    let weight = 1;
    for (const part of spansBetween(field, ";", range)) {
      const equals = field.indexOf("=", part.start);
      if (equals === -1 || equals >= part.end) continue;
      const name = field.slice(part.start, equals).trim().toLowerCase();
      if (name === parameter) named ??= trimmed(field, { start: equals + 1, end: part.end });
      else if (name === "q") weight = weightOf(field.slice(equals + 1, part.end));
    }
    const version = named === null ? "" : unquoted(field.slice(named.start, named.end));
    if (named !== null && version !== "") found.push({ version, weight, ...named });
  }
  return found;
}

/** The most wanted one that exists; where none does the most wanted, so that the refusal names it; null where none is named. */
export function preferredVersion(field: string | undefined, parameter: string, exists: (version: string) => boolean): string | null {
  if (field === undefined) return null;
  const wanted = versionsNamedIn(field, parameter).filter(({ weight }) => weight > 0).sort((one, other) => other.weight - one.weight);
  return (wanted.find(({ version }) => exists(version)) ?? wanted[0])?.version ?? null;
}

/** The field with `version` in the place of each that it names. */
export function withVersion(field: string, parameter: string, version: string): string {
  let text = field;
  for (const { start, end } of versionsNamedIn(field, parameter).reverse()) text = text.slice(0, start) + version + text.slice(end);
  return text;
}

/** A separator within a quoted string separates nothing (RFC 9110 §5.6.4). */
function spansBetween(field: string, separator: string, { start, end }: Span): Span[] {
  const spans: Span[] = [];
  let from = start;
  let quoted = false;
  for (let at = start; at < end; at++) {
    const character = field[at];
    if (quoted && character === "\\") at++;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      spans.push({ start: from, end: at });
      from = at + 1;
    }
  }
  spans.push({ start: from, end });
  return spans;
}

function trimmed(field: string, span: Span): Span {
  let { start, end } = span;
  while (start < end && " \t".includes(field[start] as string)) start++;
  while (end > start && " \t".includes(field[end - 1] as string)) end--;
  return { start, end };
}

function unquoted(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1").trim() : value;
}

function weightOf(text: string): number {
  const weight = Number(text.trim());
  return weight >= 0 && weight <= 1 ? weight : 1;
}
