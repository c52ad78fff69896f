/** What `rel="deprecation"` leads to: the versions of a service, and what becomes of each. Drafts are nobody's business. */
import type { Versions } from "@parley/contract/config/versions";
import { compileWayForward } from "./way-forward.ts";

export interface VersionsPage {
  service: string;
  select: { by: string; name: string | null; default: string | null; aliases: Record<string, string> };
  versions: { version: string; state: "published" | "deprecated" | "retired"; deprecated: string | null; sunset: string | null; successor: string | null; brownouts: { from: string; to: string }[] }[];
}

export function versionsPage(service: string, { select, list }: Versions, unixMs: number): VersionsPage {
  const published = Object.entries(list).filter(([, { status }]) => status !== "draft");
  return {
    service,
    select: { by: select.by, name: select.name ?? null, default: select.default ?? null, aliases: select.aliases },
    versions: published.map(([version, settings]) => {
      const { deprecated = null, sunset = null, status, brownouts } = settings;
      const successor = compileWayForward(version, list)(unixMs);
      const isRetired = status === "retired" || (sunset !== null && Date.parse(sunset) <= unixMs);
      const isDeprecated = status === "deprecated" || (deprecated !== null && Date.parse(deprecated) <= unixMs);
      return { version, state: isRetired ? "retired" : isDeprecated ? "deprecated" : "published", deprecated, sunset, successor, brownouts };
    }),
  };
}
