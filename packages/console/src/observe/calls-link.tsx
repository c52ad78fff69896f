/** A number that leads to its calls: the admin API says with each count which query finds as many. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import classes from "./observe.module.css";
import { searchOfQuery } from "./search.ts";

export function CallsLink({ query, title, children }: { query: string; title?: string; children: ReactNode }) {
  return (
    <Link to="/calls" search={searchOfQuery(query)} className={classes["callsLink"]} title={title}>
      {children}
    </Link>
  );
}
