/** The filter: one line in the query language, completed while it is typed, and diagnosed where it cannot be read. */
import { IconFilter, IconX } from "@tabler/icons-react";
import { parseQuery } from "@parley/contract/query/parse";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useShortcut } from "../shell/shortcuts.tsx";
import { completed, useCompletions, wordAt } from "./completion.ts";
import { CompletionList } from "./completion-list.tsx";
import classes from "./observe.module.css";
import { QueryDiagnosis } from "./query-diagnosis.tsx";

export function QueryField({ value, example = "service:notes status:4xx latency:>500ms", onChange }: { value: string; example?: string; onChange: (query: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const [caret, setCaret] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const placed = useRef<number | null>(null);
  useEffect(() => setTyped(value), [value]);
  useLayoutEffect(() => {
    if (placed.current !== null) field.current?.setSelectionRange(placed.current, placed.current);
    placed.current = null;
  });
  useShortcut("/", "Write a filter", () => field.current?.focus());
  const word = wordAt(typed, caret);
  const items = useCompletions(word.prefix, open);
  const parsed = parseQuery(typed, Date.now());

  const write = (text: string, at: number) => {
    setTyped(text);
    setCaret(at);
    setChosen(-1);
    setOpen(true);
  };
  const apply = (text: string) => {
    setOpen(false);
    if (parseQuery(text, Date.now()).ok && text.trim() !== value) onChange(text.trim());
  };
  const accept = (index: number) => {
    const item = items[index];
    if (!item) return;
    const next = completed(typed, word, item.text);
    placed.current = next.caret;
    write(next.text, next.caret);
    field.current?.focus();
    if (!item.text.endsWith(":")) apply(next.text);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && items.length > 0) {
      event.preventDefault();
      setOpen(true);
      setChosen((chosen + step + items.length + 1) % (items.length + 1) === items.length ? -1 : Math.max(-1, chosen + step));
    } else if (event.key === "Enter") {
      if (open && chosen >= 0) accept(chosen);
      else apply(typed);
    } else if (event.key === "Tab" && open && chosen >= 0) {
      event.preventDefault();
      accept(chosen);
    } else if (event.key === "Escape") {
      if (open) setOpen(false);
      else field.current?.blur();
    }
  };
  const isShown = open && items.length > 0;
  return (
    <div className={classes["query"]}>
      <div className={classes["queryBox"]} data-invalid={!parsed.ok || undefined}>
        <IconFilter size={15} stroke={1.6} aria-hidden />
        <input
          ref={field}
          role="combobox"
          aria-label="Filter"
          aria-expanded={isShown}
          aria-controls="query-completions"
          aria-autocomplete="list"
          aria-activedescendant={isShown && chosen >= 0 ? `query-completion-${chosen}` : undefined}
          aria-invalid={!parsed.ok}
          aria-describedby={parsed.ok ? undefined : "query-diagnosis"}
          placeholder={example}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={typed}
          onFocus={() => setOpen(true)}
          onBlur={() => apply(typed)}
          onChange={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart ?? event.currentTarget.value.length)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onKeyDown={onKeyDown}
        />
        {typed === "" ? null : (
          <button type="button" className={classes["clear"]} aria-label="Clear the filter" onMouseDown={(event) => event.preventDefault()} onClick={() => { setTyped(""); apply(""); }}>
            <IconX size={14} stroke={1.8} aria-hidden />
          </button>
        )}
      </div>
      {isShown ? <CompletionList items={items} chosen={chosen} onAccept={accept} /> : null}
      {parsed.ok ? null : <QueryDiagnosis text={typed} errors={parsed.errors} isTyping={open} onFix={(text) => { setTyped(text); apply(text); }} />}
    </div>
  );
}
