/** An empty page says what belongs here and holds the one button or command that fills it. */
import type { ReactNode } from "react";
import classes from "./empty-state.module.css";

export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes["empty"]}>
      <strong>{title}</strong>
      {children ? <div className={classes["text"]}>{children}</div> : null}
      {action}
    </div>
  );
}
