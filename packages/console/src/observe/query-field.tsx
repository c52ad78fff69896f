/** The filter: one line in the query language, completed while it is typed, and diagnosed where it cannot be read. */
import { IconFilter, IconX } from "@tabler/icons-react";
import { parseQuery } from "@parley/contract/query/parse";
import { useShortcut } from "../shell/shortcuts.tsx";
import { CompletionList } from "./completion-list.tsx";
import classes from "./observe.module.css";
import { QueryDiagnosis } from "./query-diagnosis.tsx";
import { useQueryTyping } from "./use-query-typing.ts";

export function QueryField({ value, example = "service:notes status:4xx latency:>500ms", onChange }: { value: string; example?: string; onChange: (query: string) => void }) {
  const { field, text, items, isOpen, chosen, open, setCaret, write, apply, accept, onKeyDown } = useQueryTyping(value, onChange);
  useShortcut("/", "Write a filter", () => field.current?.focus());
  const parsed = parseQuery(text, Date.now());
  const isShown = isOpen && items.length > 0;
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
          value={text}
          onFocus={open}
          onBlur={() => apply(text)}
          onChange={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart ?? event.currentTarget.value.length)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onKeyDown={onKeyDown}
        />
        {text === "" ? null : (
          <button type="button" className={classes["clear"]} aria-label="Clear the filter" onMouseDown={(event) => event.preventDefault()} onClick={() => apply("")}>
            <IconX size={14} stroke={1.8} aria-hidden />
          </button>
        )}
      </div>
      {isShown ? <CompletionList items={items} chosen={chosen} onAccept={accept} /> : null}
      {parsed.ok ? null : <QueryDiagnosis text={text} errors={parsed.errors} isTyping={isOpen} onFix={apply} />}
    </div>
  );
}
