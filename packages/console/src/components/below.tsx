/**
 * What stands under something whose height is not known yet. It asks for its own at once, and is shown when nothing above
 * can push it away any more.
 */
import type { ReactNode } from "react";
import classes from "./page.module.css";

export function Below({ ready, children }: { ready: boolean; children: ReactNode }) {
  return (
    <div className={classes["below"]} hidden={!ready}>
      {children}
    </div>
  );
}
