/** The document that the client had read, where the ledger keeps it and the person may look at it; undefined otherwise. */
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { useMissingRole } from "../../components/may.tsx";

export function useBase({ service, resource, base, changes }: Pick<ConflictRecord, "service" | "resource" | "base" | "changes">): unknown {
  const missing = useMissingRole("getVersion");
  // The gateway's own tags begin with the revision.
  const revision = Number(/^"(\d+)-/.exec(base?.etag ?? "")?.[1] ?? 0);
  const isAsked = missing === null && revision > 0 && (changes?.length ?? 0) > 0;
  const version = useQuery({ ...reading("getVersion", { query: { service, resource, revision } }), enabled: isAsked, retry: false });
  return version.data?.body === undefined || version.data.body === null ? undefined : documentOf(version.data.body);
}

function documentOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
