/** Searches of the call log that a person keeps under a name. */
import { z } from "zod";

export const searchName = z.string().trim().min(1).max(80);

/** Members of the console's address, such as `q`, `range`, `columns`. */
export const keptSearch = z.record(z.string().max(40), z.string().max(4_000)).refine((search) => Object.keys(search).length <= 20, "a search has at most 20 members");

export const savedSearch = z.object({ name: z.string(), search: z.record(z.string(), z.string()), updatedAt: z.number(), etag: z.string() });
export type SavedSearch = z.infer<typeof savedSearch>;

export const savedSearches = z.object({ items: z.array(savedSearch) });
export const searchWrite = z.object({ search: keptSearch });

export const mostSavedSearches = 200;
