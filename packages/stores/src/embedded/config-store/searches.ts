/** Searches that people keep: looking at the tag and writing are one transaction. */
import { randomBytes } from "node:crypto";
import type { SearchStore, StoredSearch } from "../../ports/search-store.ts";
import type { Database, Row } from "./database.ts";

export function searchStore(database: Database): SearchStore {
  return {
    list: async (person) => database.rows("select name, search, tag, updated_at from searches where person = ? order by name", person).map(storedSearch),
    put: async ({ person, name, search, base, at }) =>
      database.transaction(() => {
        if (tagOf(database, person, name) !== base) return null;
        const tag = randomBytes(9).toString("base64url");
        database.run(
          "insert into searches (person, name, search, tag, updated_at) values (?, ?, ?, ?, ?) on conflict (person, name) do update set search = excluded.search, tag = excluded.tag, updated_at = excluded.updated_at",
          person, name, JSON.stringify(search), tag, at,
        );
        return { name, search, tag, updatedAt: at };
      }),
    remove: async ({ person, name, base }) => database.run("delete from searches where person = ? and name = ? and tag = ?", person, name, base) === 1,
  };
}

function tagOf(database: Database, person: string, name: string): string | null {
  const tag = database.row("select tag from searches where person = ? and name = ?", person, name)?.["tag"];
  return tag === undefined ? null : String(tag);
}

function storedSearch(row: Row): StoredSearch {
  return { name: String(row["name"]), search: JSON.parse(String(row["search"])) as Record<string, string>, tag: String(row["tag"]), updatedAt: Number(row["updated_at"]) };
}
