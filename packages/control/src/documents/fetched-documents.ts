/** The documents of URLs that a service names, where the database is the truth: fetched when the service is written. */
import { readDocument } from "@parley/openapi/reading";
import { documentName } from "@parley/contract/snapshot";
import type { Json } from "@parley/stores/ports/config-store";
import type { Write } from "../configuration/audit-drafts.ts";
import type { ReadonlyCollection } from "../configuration/collection.ts";
import type { DocumentSpec } from "../configuration/entity.ts";
import { refuse } from "../refusal.ts";
import { isUrl, loadUrl } from "./load-document.ts";
import { refuseBreaking, refuseMistakes } from "./refusals.ts";
import { differenceFrom, documentIn, documentPlaces, unacknowledged } from "./publish-check.ts";

/** Beside the service's own write; what is there from the same URL already stays. */
export async function fetchedDocuments(service: string, spec: Json, stored: ReadonlyCollection): Promise<Write[]> {
  const writes: Write[] = [];
  for (const place of documentPlaces(service, spec)) {
    const { openapi, version } = place;
    if (openapi === undefined || !isUrl(openapi)) continue;
    const name = documentName(service, version);
    const current = stored.get("document", name);
    if ((current?.spec as DocumentSpec | undefined)?.from === openapi) continue;
    const loaded = await loadUrl(openapi, { anyAddress: false });
    if ("failure" in loaded) refuse("document-unreachable", loaded.failure);
    const { document, mistakes } = readDocument(loaded.text);
    if (document === null) refuseMistakes(mistakes);
    const difference = place.isDraft ? null : differenceFrom(documentIn(current), document);
    const breaking = difference === null ? [] : unacknowledged(difference, place.acknowledge);
    if (breaking.length > 0) refuseBreaking(breaking);
    writes.push({ kind: "document", name, spec: { text: loaded.text, from: openapi } });
  }
  return writes;
}

/** Documents of a service that has gone, or of versions that it has no longer. */
export function orphanedDocuments(service: string, spec: Json | null, stored: ReadonlyCollection): Write[] {
  const kept = new Set(spec === null ? [] : documentPlaces(service, spec).map(({ version }) => documentName(service, version)));
  return stored.list("document").filter(({ name }) => name.split("/")[0] === service && !kept.has(name)).map(({ name }): Write => ({ kind: "document", name, spec: null }));
}
