/** Names and values, one a line. A value that is absent leaves its line out. */
import type { ReactNode } from "react";
import classes from "./facts.module.css";

export interface Fact {
  name: string;
  value: ReactNode;
}

export function Facts({ facts }: { facts: readonly (Fact | null)[] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.map((fact) =>
        fact && fact.value !== undefined && fact.value !== null ? (
          <div key={fact.name}>
            <dt>{fact.name}</dt>
            <dd>{fact.value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
