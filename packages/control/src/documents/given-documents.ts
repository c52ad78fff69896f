/** The documents that a service names, where the database is the truth: fetched from their URLs when it is written, or sent along with the file. */
import { documentName } from "@parley/contract/snapshot";
import type { Json } from "@parley/stores/ports/config-store";
import type { Write } from "../configuration/audit-drafts.ts";
import type { ReadonlyCollection } from "../configuration/collection.ts";
import type { DocumentSpec } from "../configuration/entity.ts";
import { refuse } from "../refusal.ts";
import type { DocumentReader } from "./document-reader.ts";
import { isUrl, loadUrl } from "./load-document.ts";
import { examined, refuseBreaking, refuseMistakes } from "./refusals.ts";
import { documentPlaces, unacknowledged, type DocumentPlace } from "./publish-check.ts";

interface Given {
  stored: ReadonlyCollection;
  /** Files that came along, by their paths as the configuration writes them. */
  texts: Readonly<Record<string, string>>;
  reader: Pick<DocumentReader, "examine">;
}

/** Beside the service's own write; what is there already stays. */
export async function givenDocuments(service: string, spec: Json, given: Given): Promise<Write[]> {
  const writes: Write[] = [];
  for (const place of documentPlaces(service, spec)) {
    const name = documentName(service, place.version);
    const current = given.stored.get("document", name);
    const held = current?.spec as DocumentSpec | undefined;
    const text = await textFor(place, held, given);
    if (text === null || text === held?.text) continue;
    const { isReadable, mistakes, difference } = await examined(given.reader, { text, before: held === undefined || place.isDraft ? null : { text: held.text } });
    if (!isReadable) refuseMistakes(mistakes);
    const breaking = unacknowledged(difference, place.acknowledge);
    if (breaking.length > 0) refuseBreaking(breaking);
    writes.push({ kind: "document", name, spec: { text, ...(place.openapi === undefined ? {} : { from: place.openapi }) } });
  }
  return writes;
}

async function textFor({ openapi }: DocumentPlace, current: DocumentSpec | undefined, { texts }: Given): Promise<string | null> {
  if (openapi === undefined) return null;
  if (!isUrl(openapi)) return Object.hasOwn(texts, openapi) ? (texts[openapi] ?? null) : null;
  if (current?.from === openapi) return null;
  const loaded = await loadUrl(openapi, { anyAddress: false });
  if ("failure" in loaded) refuse("document-unreachable", loaded.failure);
  return loaded.text;
}

/** Documents of a service that has gone, or of versions that it has no longer. */
export function orphanedDocuments(service: string, spec: Json | null, stored: ReadonlyCollection): Write[] {
  const kept = new Set(spec === null ? [] : documentPlaces(service, spec).map(({ version }) => documentName(service, version)));
  return stored.list("document").filter(({ name }) => name.split("/")[0] === service && !kept.has(name)).map(({ name }): Write => ({ kind: "document", name, spec: null }));
}
