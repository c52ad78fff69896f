/**
 * The documents that a configuration file names: read anew with the file, and held to what is in force. A mistake in a file
 * is its operator's, and nothing of the configuration is taken over until it is corrected. A URL that is down is nobody's:
 * the document from before stays, or its service waits for it, and everything else is taken over.
 */
import { documentOf, type ApiDocument } from "@parley/openapi";
import { readDocument } from "@parley/openapi/reading";
import type { Diagnostic } from "@parley/contract/api/system";
import type { Config } from "@parley/contract/config/config";
import { documentName, type SnapshotDocument } from "@parley/contract/snapshot";
import type { Json } from "@parley/stores/ports/config-store";
import { adapterMistakes } from "./adapter-check.ts";
import { isUrl, type Loaded } from "./load-document.ts";
import { loadDocuments } from "./load-documents.ts";
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
  /** A URL gave no document: it is asked again after a while. */
  waits: boolean;
}

interface Found extends FileDocuments {
  read: Map<string, ApiDocument>;
}

export interface FileDocumentsOptions {
  /** Gives a document that is in force, as JSON text. */
  published: (name: string) => string | undefined;
  /** Gives the text of a document that is in force, or null. */
  held: (name: string) => Promise<string | null>;
  /** Without it, documents at URLs are left out, and what would be held to them is not. */
  fetches: boolean;
}

export async function fileDocuments(config: Config, options: FileDocumentsOptions): Promise<FileDocuments> {
  const found: Found = { documents: [], diagnostics: [], files: [], waits: false, read: new Map() };
  const places = Object.entries(config.services).flatMap(([service, spec]) => documentPlaces(service, spec as unknown as Json));
  const sources = places.flatMap(({ openapi }) => (openapi === undefined || (!options.fetches && isUrl(openapi)) ? [] : [openapi]));
  found.files.push(...sources.filter((source) => !isUrl(source)));
  const loaded = await loadDocuments(sources);
  for (const place of places) {
    const given = place.openapi === undefined ? undefined : loaded.get(place.openapi);
    if (given !== undefined) await new Taking(place, { found, options }).take(given);
  }
  for (const [service, spec] of Object.entries(config.services)) {
    const mistakes = adapterMistakes(spec as unknown as Json, (version) => found.read.get(documentName(service, version)) ?? null);
    for (const { pointer, message } of mistakes) found.diagnostics.push({ code: "config-document", severity: "error", pointer: `/services/${service}${pointer}`, message });
  }
  return found;
}

/** One document at its place. */
class Taking {
  readonly #place: DocumentPlace;
  readonly #source: string;
  readonly #name: string;
  readonly #found: Found;
  readonly #options: FileDocumentsOptions;

  constructor(place: DocumentPlace, { found, options }: { found: Found; options: FileDocumentsOptions }) {
    this.#place = place;
    this.#source = place.openapi ?? "";
    this.#name = documentName(place.service, place.version);
    this.#found = found;
    this.#options = options;
  }

  async take(loaded: Loaded): Promise<void> {
    if ("failure" in loaded) return isUrl(this.#source) ? this.#wait(loaded.failure) : this.#say("error", loaded.failure);
    const { document, mistakes, warnings } = readDocument(loaded.text);
    if (document === null && isUrl(this.#source)) return this.#wait(`${this.#source} answers with something else: ${mistakes[0] === undefined ? "" : mistakeText(mistakes[0])}`);
    for (const mistake of mistakes.slice(0, 20)) this.#say("error", `${this.#source}: ${mistakeText(mistake)}`);
    if (document === null) return;
    for (const warning of warnings.slice(0, 10)) this.#say("warning", `${this.#source}: ${mistakeText(warning)}`);
    this.#expectNothingBroken(document);
    this.#keep(loaded.text, document);
  }

  #expectNothingBroken(document: ApiDocument): void {
    const difference = this.#place.isDraft ? null : differenceFrom(inForce(this.#options.published(this.#name)), document);
    const breaking = difference === null ? [] : unacknowledged(difference, this.#place.acknowledge);
    for (const { id, endpoint, place, message } of breaking.slice(0, 50)) this.#say("error", `${this.#source} breaks what is in force: ${endpoint} ${place}: ${message} (acknowledge it with ${id})`.replace("  ", " "));
    if (breaking.length > 50) this.#say("error", `${this.#source}: and ${breaking.length - 50} breaking changes more`);
  }

  async #wait(failure: string): Promise<void> {
    const { service, version, enforces } = this.#place;
    this.#found.waits = true;
    const text = await this.#options.held(this.#name);
    const { document } = text === null ? { document: null } : readDocument(text);
    if (text !== null && document !== null) {
      this.#keep(text, document);
      return this.#say("warning", `${failure}; the document in force stays until it can be fetched`);
    }
    const calls = `calls of ${service}${version === undefined ? "" : ` ${version}`}`;
    this.#say("warning", `${failure}; until it can be fetched, ${enforces ? `${calls} are refused with 503 document-missing (validate: enforce)` : `${calls} are carried without a document`}`);
  }

  #keep(text: string, document: ApiDocument): void {
    this.#found.read.set(this.#name, document);
    this.#found.documents.push({ name: this.#name, text, from: this.#source });
  }

  #say(severity: Diagnostic["severity"], message: string): void {
    const { service, version } = this.#place;
    this.#found.diagnostics.push({ code: "config-document", severity, pointer: `/services/${service}${version === undefined ? "" : `/versions/list/${version}`}/openapi`, message });
  }
}

function inForce(text: string | undefined): ApiDocument | null {
  return text === undefined ? null : documentOf((JSON.parse(text) as SnapshotDocument).root as Json);
}
