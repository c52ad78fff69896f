/** Whether a thing can be changed here, and if not, why: the file owns it, the environment does, or a role is missing. */
import type { Origin } from "@parley/contract/api/entities";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { reading } from "../api/queries.ts";
import type { OperationName } from "../api/types.ts";
import { useMissingRole } from "../components/may.tsx";

export interface EditAccess {
  isReadOnly: boolean;
  /** Owned by an environment variable or the file of an installation that keeps its configuration in the database. */
  isForeign: boolean;
  /** The configuration file is the truth: a save gives the YAML to paste. */
  toFile: boolean;
  missingRole: string | null;
  /** In file mode: begins a draft that ends as YAML. */
  draft: (() => void) | null;
}

/** `origin` is null for a new thing. */
export function useReadOnly(write: OperationName, origin: Origin | null): EditAccess {
  const session = useQuery(reading("getSession"));
  const missingRole = useMissingRole(write);
  const toFile = session.data?.mode === "file";
  const [isDrafting, setDrafting] = useState(origin === null);
  const isForeign = origin === "environment";
  const waitsForDraft = toFile && !isDrafting;
  return {
    isReadOnly: isForeign || missingRole !== null || waitsForDraft,
    isForeign,
    toFile,
    missingRole,
    draft: waitsForDraft && !isForeign && missingRole === null ? () => setDrafting(true) : null,
  };
}
