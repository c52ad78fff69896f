/** Searches that a person keeps: everybody sees and changes their own, with the guard that every write has. */
import { mostSavedSearches, searchName, type SavedSearch } from "@parley/contract/api/searches";
import type { StoredSearch } from "@parley/stores/ports/search-store";
import { refuse } from "../../refusal.ts";
import type { ControlPlane } from "../control-plane.ts";
import { etagOf, expectTag } from "../etag.ts";
import type { Handlers } from "../handler.ts";

export function searchHandlers(plane: ControlPlane): Pick<Handlers, "listSearches" | "putSearch" | "deleteSearch"> {
  const { searches } = plane.store;
  return {
    listSearches: async ({ caller }) => ({ body: { items: (await searches.list(caller.name)).map(shown) } }),
    putSearch: async ({ path, body, precondition, caller }) => {
      const name = searchName.safeParse(path.name);
      if (!name.success) refuse("invalid-parameter", "the name of a search has 1 to 80 characters");
      const all = await searches.list(caller.name);
      const current = all.find((one) => one.name === name.data) ?? null;
      expectTag(precondition, current, `the search ${name.data}`);
      if (current === null && all.length >= mostSavedSearches) refuse("too-many-searches", `${caller.name} keeps ${mostSavedSearches} searches already`);
      const kept = await searches.put({ person: caller.name, name: name.data, search: body.search, base: current?.tag ?? null, at: plane.now() });
      if (kept === null) refuse("precondition-failed", `the search ${name.data} was changed since it was read`);
      return { body: shown(kept), tag: kept.tag, ...(current === null ? { status: 201 } : {}) };
    },
    deleteSearch: async ({ path, precondition, caller }) => {
      const current = (await searches.list(caller.name)).find((one) => one.name === path.name) ?? null;
      expectTag(precondition, current, `the search ${path.name}`);
      if (current === null || !(await searches.remove({ person: caller.name, name: path.name, base: current.tag }))) refuse("precondition-failed", `the search ${path.name} was changed since it was read`);
      return {};
    },
  };
}

function shown({ name, search, tag, updatedAt }: StoredSearch): SavedSearch {
  return { name, search, updatedAt, etag: etagOf(tag) };
}
