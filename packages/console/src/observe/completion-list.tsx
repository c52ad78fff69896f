/** What can stand at the caret, under the filter. */
import { countText } from "../format/quantities.ts";
import type { Completion } from "./completion.ts";
import classes from "./observe.module.css";

export function CompletionList({ items, chosen, onAccept }: { items: readonly Completion[]; chosen: number; onAccept: (index: number) => void }) {
  return (
    <div id="query-completions" role="listbox" aria-label="Completions" className={classes["completions"]}>
      {items.map((item, index) => (
        <div
          key={item.text}
          id={`query-completion-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          className={classes["completion"]}
          // The field keeps the focus, so that it is not left, and applied, on the way.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onAccept(index)}
        >
          <code>{item.text}</code>
          <small>{item.calls === undefined ? item.about : `${countText(item.calls)} today`}</small>
        </div>
      ))}
    </div>
  );
}
