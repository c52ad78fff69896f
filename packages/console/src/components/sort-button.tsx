/** What is pressed in a column's head to sort by it; the head's own `aria-sort` says how it is sorted. */
import classes from "./sort-button.module.css";

export function SortButton({ head, onSort }: { head: string; onSort: () => void }) {
  return (
    <button type="button" className={classes["sort"]} onClick={onSort}>
      {head}
    </button>
  );
}
