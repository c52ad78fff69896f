/** What is typed into the filter and not asked for yet: its text, the caret, and the completion that the arrows stand on. */
import { parseQuery } from "@parley/contract/query/parse";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { completed, useCompletions, wordAt } from "./completion.ts";

export function useQueryTyping(value: string, onChange: (query: string) => void) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [caret, setCaret] = useState(value.length);
  const [isOpen, setOpen] = useState(false);
  /** -1 where the arrows stand on none. */
  const [chosen, setChosen] = useState(-1);
  const placed = useRef<number | null>(null);
  useEffect(() => setText(value), [value]);
  useLayoutEffect(() => {
    if (placed.current !== null) field.current?.setSelectionRange(placed.current, placed.current);
    placed.current = null;
  });
  const word = wordAt(text, caret);
  const items = useCompletions(word.prefix, isOpen);

  const write = (next: string, at: number) => {
    setText(next);
    setCaret(at);
    setChosen(-1);
    setOpen(true);
  };
  /** Asks for a text that can be read; another one stays in the field with its diagnosis. */
  const apply = (next: string) => {
    setText(next);
    setOpen(false);
    if (parseQuery(next, Date.now()).ok && next.trim() !== value) onChange(next.trim());
  };
  const accept = (index: number) => {
    const item = items[index];
    if (!item) return;
    const next = completed(text, word, item.text);
    placed.current = next.caret;
    write(next.text, next.caret);
    field.current?.focus();
    // Behind a field's name its value is still to come.
    if (!item.text.endsWith(":")) apply(next.text);
  };
  const step = (by: 1 | -1) => {
    const next = chosen + by;
    setOpen(true);
    setChosen(next < items.length ? Math.max(-1, next) : -1);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const isChosen = isOpen && chosen >= 0;
    const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
    if (event.key === "Escape") {
      if (isOpen) setOpen(false);
      else field.current?.blur();
    } else if (event.key === "Enter" && !isChosen) apply(text);
    else if (isArrow && items.length > 0) {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (isChosen && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      accept(chosen);
    }
  };
  return { field, text, items, isOpen, chosen, open: () => setOpen(true), setCaret, write, apply, accept, onKeyDown };
}
