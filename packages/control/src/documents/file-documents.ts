/** The documents that a configuration file names: read anew with the file, and held to what is in force. */
import { documentOf, type ApiDocument } from "@parley/openapi";
import { readDocument } from "@parley/openapi/reading";
import type { Diagnostic } from "@parley/contract/api/system";
import type { Config } from "@parley/contract/config/config";
import { documentName, type SnapshotDocument } from "@parley/contract/snapshot";
import type { Json } from "@parley/stores/ports/config-store";
import { adapterMistakes } from "./adapter-check.ts";
import { isUrl, loadFile, loadUrl } from "./load-document.ts";
import { differenceFrom, documentPlaces, mistakeText, unacknowledged, type DocumentPlace } from "./publish-check.ts";

export interface FileDocument {
  name: string;
  text: string;
  from: string;
}

export interface FileDocuments {
  documents: FileDocument[];
  /** With an error nothing of the file is taken over. */
  diagnostics: Diagnostic[];
  /** Files to look at for changes. */
  files: string[];
}

interface Found extends FileDocuments {
  read: Map<string, ApiDocument>;
}

export interface FileDocumentsOptions {
  /** Gives a document that is in force, as JSON text. */
  published: (name: string) => string | undefined;
  /** Without it, documents at URLs are left out, and what would be held to them is not. */
  fetches: boolean;
}

export async function fileDocuments(config: Config, { published, fetches }: FileDocumentsOptions): Promise<FileDocuments> {
  const found: Found = { documents: [], diagnostics: [], files: [], read: new Map() };
  for (const [service, spec] of Object.entries(config.services)) {
    for (const place of documentPlaces(service, spec as unknown as Json)) {
      if (place.openapi === undefined || (!fetches && isUrl(place.openapi))) continue;
      if (!isUrl(place.openapi)) found.files.push(place.openapi);
      await take(place, place.openapi, { found, before: inForce(published(documentName(service, place.version))) });
    }
    const mistakes = adapterMistakes(spec as unknown as Json, (version) => found.read.get(documentName(service, version)) ?? null);
    for (const { pointer, message } of mistakes) found.diagnostics.push({ code: "config-document", severity: "error", pointer: `/services/${service}${pointer}`, message });
  }
  return found;
}

async function take(place: DocumentPlace, source: string, { found, before }: { found: Found; before: ApiDocument | null }): Promise<void> {
  const pointer = `/services/${place.service}${place.version === undefined ? "" : `/versions/list/${place.version}`}/openapi`;
  const say = (severity: Diagnostic["severity"], message: string): void => void found.diagnostics.push({ code: "config-document", severity, pointer, message });
  // The file is its operator's own, and so are the addresses in it.
  const loaded = isUrl(source) ? await loadUrl(source, { anyAddress: true }) : await loadFile(source);
  if ("failure" in loaded) return say("error", loaded.failure);
  const { document, mistakes, warnings } = readDocument(loaded.text);
  for (const mistake of mistakes.slice(0, 20)) say("error", `${source}: ${mistakeText(mistake)}`);
  if (document === null) return;
  found.read.set(documentName(place.service, place.version), document);
  for (const warning of warnings.slice(0, 10)) say("warning", `${source}: ${mistakeText(warning)}`);
  const difference = place.isDraft ? null : differenceFrom(before, document);
  const breaking = difference === null ? [] : unacknowledged(difference, place.acknowledge);
  for (const { id, endpoint, place: where, message } of breaking.slice(0, 50)) say("error", `${source} breaks what is in force: ${endpoint} ${where}: ${message} (acknowledge it with ${id})`.replace("  ", " "));
  if (breaking.length > 50) say("error", `${source}: and ${breaking.length - 50} breaking changes more`);
  found.documents.push({ name: documentName(place.service, place.version), text: loaded.text, from: source });
}

function inForce(text: string | undefined): ApiDocument | null {
  return text === undefined ? null : documentOf((JSON.parse(text) as SnapshotDocument).root as Json);
}
