/** A number that leads to its calls: the admin API says with each count which query finds as many. A `worded` one looks like any link. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import classes from "./observe.module.css";
import { searchOfQuery } from "./search.ts";

interface CallsLinkProps {
  query: string;
  title?: string;
  worded?: boolean;
  children: ReactNode;
}

export function CallsLink({ query, title, worded = false, children }: CallsLinkProps) {
  return (
    <Link to="/calls" search={searchOfQuery(query)} className={worded ? undefined : classes["callsLink"]} title={title}>
      {children}
    </Link>
  );
}
