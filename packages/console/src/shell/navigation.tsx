/** The navigation: groups of pages. Start leads it until the first call was seen, and stays reachable under help. */
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { reading } from "../api/queries.ts";
import { parseObserveSearch } from "../observe/search.ts";
import { pageGroups, type PageEntry, startPage } from "./pages.ts";
import classes from "./shell.module.css";

export function Navigation({ onNavigate }: { onNavigate?: (() => void) | undefined }) {
  // What the banner asks for anyway: no page costs a request more for it.
  const status = useQuery(reading("getStatus"));
  const before = status.data?.callLog?.calls === 0;
  return (
    <nav aria-label="Pages" className={classes["navigation"]}>
      {before ? <NavigationLink page={startPage} onNavigate={onNavigate} /> : null}
      {pageGroups.map((group) => (
        <div key={group.title} className={classes["group"]}>
          <div className={classes["groupTitle"]}>{group.title}</div>
          {group.pages.map((page) => (
            <NavigationLink key={page.to} page={page} onNavigate={onNavigate} />
          ))}
        </div>
      ))}
    </nav>
  );
}

function NavigationLink({ page, onNavigate }: { page: PageEntry; onNavigate: (() => void) | undefined }) {
  const Icon = page.icon;
  const search = useSearch({ strict: false });
  // Who goes from one Observe page to the next goes on with the same filter and range.
  const shared = page.shares ? parseObserveSearch(search) : {};
  return (
    <Link to={page.to} search={shared} activeOptions={{ includeSearch: false }} className={classes["navLink"]} activeProps={{ "data-active": true, "aria-current": "page" }} onClick={() => onNavigate?.()}>
      <Icon size={16} stroke={1.6} aria-hidden />
      {page.title}
    </Link>
  );
}
