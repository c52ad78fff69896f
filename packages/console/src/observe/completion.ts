/** What can stand at the caret of a query: fields while the word has no colon, known values of its field after it. */
import { fieldEntry, fieldNames } from "@parley/contract/query/fields";
import { wordsOf } from "@parley/contract/query/words";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../api/queries.ts";

export interface Completion {
  text: string;
  about: string;
  calls?: number;
}

export interface WordAtCaret {
  /** From the word's beginning to the caret. */
  prefix: string;
  from: number;
  to: number;
}

const mostShown = 12;

export function wordAt(text: string, caret: number): WordAtCaret {
  const word = wordsOf(text).words.find(({ from, to }) => from < caret && caret <= to);
  return word ? { prefix: text.slice(word.from, caret), from: word.from, to: word.to } : { prefix: "", from: caret, to: caret };
}

export function fieldCompletions(prefix: string): Completion[] {
  const minus = prefix.startsWith("-") ? "-" : "";
  const written = prefix.slice(minus.length).toLowerCase();
  const begin = fieldNames.filter((name) => name.startsWith(written));
  const hold = fieldNames.filter((name) => !name.startsWith(written) && name.includes(written));
  return [...begin, ...hold].slice(0, mostShown).map((name) => ({ text: `${minus}${name}:`, about: fieldEntry(name).about }));
}

export function useCompletions(prefix: string, enabled: boolean): readonly Completion[] {
  const wantsValues = prefix.includes(":");
  const values = useQuery({ ...reading("callFields", { query: { prefix, limit: mostShown } }), enabled: enabled && wantsValues, staleTime: 30_000, placeholderData: keepPreviousData });
  if (!enabled) return [];
  return wantsValues ? (values.data?.items ?? []) : fieldCompletions(prefix);
}

/** The text with the completion in the word's place, and where the caret stands then. */
export function completed(text: string, word: WordAtCaret, completion: string): { text: string; caret: number } {
  const ending = completion.endsWith(":") ? "" : " ";
  const rest = text.slice(word.to).replace(/^\s+/, "");
  const begun = `${text.slice(0, word.from)}${completion}${ending}`;
  return { text: begun + rest, caret: begun.length };
}
