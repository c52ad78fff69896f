/** A short word with a meaning. The colour comes from the fixed palette and is never the only sign. */
import type { ReactNode } from "react";
import classes from "./chip.module.css";

export type Meaning = "ok" | "warning" | "error" | "conflict" | "accent" | "neutral";

export function Chip({ meaning = "neutral", title, children }: { meaning?: Meaning; title?: string | undefined; children: ReactNode }) {
  return (
    <span className={classes["chip"]} data-meaning={meaning} title={title}>
      {children}
    </span>
  );
}
