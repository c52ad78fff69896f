/** Reads a query as people write it. Nothing is ever dropped: what cannot be read is an error with its place and what was probably meant. */
import { nearestOf } from "./nearest.ts";
import { fieldEntry, fieldNames, fieldOf, type FieldName } from "./fields.ts";
import type { Clause, ParsedQuery, Place, QueryError, Test } from "./query.ts";
import { readTest, type ValueContext } from "./values.ts";
import { wordsOf, type Piece, type Word } from "./words.ts";

const maxLength = 4_000;
const maxClauses = 50;
const maxTests = 100;

/** `now` (Unix milliseconds) is what relative times count from. */
export function parseQuery(text: string, now: number): ParsedQuery {
  if (text.length > maxLength) return { ok: false, errors: [{ from: maxLength, to: text.length, message: `a query has at most ${maxLength} characters` }] };
  const { words, errors } = wordsOf(text);
  const clauses: Clause[] = [];
  for (const word of words) {
    const clause = readClause(word, { now, errors });
    if (clause) clauses.push(clause);
  }
  if (clauses.length > maxClauses) errors.push({ from: clauses[maxClauses]?.place.from ?? 0, to: text.length, message: `a query has at most ${maxClauses} terms` });
  return errors.length > 0 ? { ok: false, errors } : { ok: true, query: { clauses } };
}

interface Reading {
  now: number;
  errors: QueryError[];
}

function readClause(word: Word, reading: Reading): Clause | null {
  const { pieces, negated } = withoutMinus(word.pieces);
  const [first] = pieces;
  if (!first) {
    reading.errors.push({ from: word.from, to: word.to, message: "a minus stands before what it negates" });
    return null;
  }
  const colon = first.quoted ? -1 : first.text.indexOf(":");
  const place = { from: word.from, to: word.to };
  if (colon === -1 || first.text.startsWith("/") || first.text.startsWith("http://") || first.text.startsWith("https://")) return { kind: "text", negated, place, text: pieces.map((piece) => piece.text).join("") };
  const field = readField(first, colon, reading.errors);
  const value = [{ ...first, from: first.from + colon + 1, text: first.text.slice(colon + 1) }, ...pieces.slice(1)].filter((piece) => piece.quoted || piece.text !== "");
  if (field === null) return null;
  const tests = readTests(field, { value, place, reading });
  return tests && { kind: "field", negated, place, field, tests };
}

function withoutMinus(pieces: readonly Piece[]): { pieces: Piece[]; negated: boolean } {
  const [first, ...rest] = pieces;
  if (!first || first.quoted || !first.text.startsWith("-")) return { pieces: [...pieces], negated: false };
  const left = { ...first, from: first.from + 1, text: first.text.slice(1) };
  return { pieces: left.text === "" ? rest : [left, ...rest], negated: true };
}

function readField(first: Piece, colon: number, errors: QueryError[]): FieldName | null {
  const written = first.text.slice(0, colon);
  const field = fieldOf(written);
  if (field !== null) return field;
  const nearest = nearestOf(written.toLowerCase(), fieldNames);
  errors.push({
    from: first.from, to: first.from + colon, message: `there is no field "${written.slice(0, 40)}"${nearest === null ? "; text with a colon is searched for in quotes" : `; did you mean ${nearest}?`}`,
    ...(nearest === null ? {} : { suggestion: nearest }),
  });
  return null;
}

/** Items are separated by commas outside quotes. */
function readTests(field: FieldName, { value, place, reading }: { value: readonly Piece[]; place: Place; reading: Reading }): Test[] | null {
  const items = itemsOf(value);
  if (items.length === 0) {
    reading.errors.push({ ...place, message: `${field}: has no value; ${field}:* is every call that has one` });
    return null;
  }
  if (items.length > maxTests) reading.errors.push({ ...place, message: `a list has at most ${maxTests} items` });
  const context: ValueContext = { field, kind: fieldEntry(field).kind, now: reading.now };
  const tests: Test[] = [];
  for (const item of items) {
    const read = readTest(item, context);
    if ("message" in read) reading.errors.push({ from: item[0]?.from ?? place.from, to: item.at(-1)?.to ?? place.to, ...read });
    else tests.push(read);
  }
  return tests.length === items.length ? tests : null;
}

function itemsOf(value: readonly Piece[]): Piece[][] {
  if (value.length === 0) return [];
  const items: Piece[][] = [[]];
  for (const piece of value) {
    if (piece.quoted) {
      items.at(-1)?.push(piece);
      continue;
    }
    let from = piece.from;
    for (const [index, text] of piece.text.split(",").entries()) {
      if (index > 0) items.push([]);
      if (text !== "") items.at(-1)?.push({ from, to: from + text.length, text, quoted: false });
      from += text.length + 1;
    }
  }
  return items;
}
