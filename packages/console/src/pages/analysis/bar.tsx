/** An amount as text, with a bar of its share behind it. */
import type { CSSProperties, ReactNode } from "react";
import classes from "./analysis.module.css";

export function Bar({ share, meaning = "accent", children }: { share: number; meaning?: "accent" | "error" | "conflict"; children: ReactNode }) {
  const width = { "--share": `${Math.max(0, Math.min(1, share)) * 100}%` } as CSSProperties;
  return (
    <span className={classes["bar"]} data-meaning={meaning} style={width}>
      {children}
    </span>
  );
}
