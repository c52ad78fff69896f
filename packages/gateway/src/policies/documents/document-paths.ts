/**
 * Documents write paths in different ways: from the service on (`/{id}`), or with its path on the gateway or at the
 * upstream in front (`/notes/{id}`). Which of them a document does is seen when the snapshot is compiled.
 */
import type { ApiDocument, CallValidator, FoundOperation } from "@parley/openapi";

export interface DocumentPaths {
  /** `below` is the call's path below the service. */
  find(validator: CallValidator, method: string, below: string): FoundOperation;
}

export function pathsOf({ root }: ApiDocument, candidates: readonly (string | null)[]): DocumentPaths {
  const paths = Object.keys((root["paths"] ?? {}) as Record<string, unknown>);
  const fitting = candidates.filter((prefix): prefix is string => prefix !== null && prefix !== "/" && prefix !== "" && paths.some((path) => path === prefix || path.startsWith(`${prefix}/`)));
  const prefixes = [...new Set([...fitting, ""])];
  return {
    find(validator, method, below) {
      let best: FoundOperation = { kind: "no-path" };
      for (const prefix of prefixes) {
        const found = validator.find(method, `${prefix}${below}` || "/");
        if (found.kind === "operation") return found;
        if (found.kind === "no-method" && best.kind === "no-path") best = found;
      }
      return best;
    },
  };
}
