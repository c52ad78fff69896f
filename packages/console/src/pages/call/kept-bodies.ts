/** What the page has read of a call's bodies, where they are kept whole and as they were. */
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";

export interface KeptBody {
  contentType: string;
  text: string;
}

/** Both sides are null where nothing is kept. */
export function readingBodies(id: string) {
  return reading("getCallBodies", { path: { id }, query: { absent: "empty" } });
}

/** Asks nothing itself: the section that shows the bodies does, where they may be kept and be read. */
export function useKeptBodies(id: string): { request: KeptBody | null; response: KeptBody | null } {
  const { data } = useQuery({ ...readingBodies(id), enabled: false });
  return { request: whole(data?.request), response: whole(data?.response) };
}

function whole(body: { contentType: string; text: string | null; truncated: boolean } | null | undefined): KeptBody | null {
  return body && body.text !== null && !body.truncated ? { contentType: body.contentType, text: body.text } : null;
}
