/**
 * The documents that a configuration file names: read anew with the file, and held to what is in force. A mistake in a file
 * is its operator's, and nothing of the configuration is taken over until it is corrected. A URL that is down is nobody's:
 * the document from before stays, or its service waits for it, and everything else is taken over.
 */
import { readDocument } from "@parley/openapi/reading";
import type { Diagnostic } from "@parley/contract/api/system";
import type { Config } from "@parley/contract/config/config";
import { documentSource } from "@parley/contract/document-texts";
import { documentName, type SnapshotDocument } from "@parley/contract/snapshot";
import type { Json } from "@parley/stores/ports/config-store";
import { adapterMistakes } from "./adapter-check.ts";
import { type DocumentReader, NotExamined } from "./document-reader.ts";
import type { Examination } from "./examination.ts";
import { isUrl, type Loaded } from "./load-document.ts";
import { loadDocuments } from "./load-documents.ts";
import { documentPlaces, mistakeText, unacknowledged, type DocumentPlace } from "./publish-check.ts";

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

/** For whoever has no thread of its own. */
export { examine } from "./examination.ts";

export interface FileDocumentsOptions {
  /** Gives a document that is in force, as JSON text. */
  published: (name: string) => string | undefined;
  /** Gives the text of a document that is in force, or null. */
  held: (name: string) => Promise<string | null>;
  reader: Pick<DocumentReader, "examine">;
  /** Without it, documents at URLs are left out, and what would be held to them is not. */
  fetches: boolean;
}

export async function fileDocuments(config: Config, options: FileDocumentsOptions): Promise<FileDocuments> {
  const found: FileDocuments = { documents: [], diagnostics: [], files: [], waits: false };
  const services = Object.entries(config.services).filter(([, { openapi, versions }]) => openapi !== undefined || versions !== undefined);
  const places = services.flatMap(([service, spec]) => documentPlaces(service, spec as unknown as Json));
  const sources = places.flatMap(({ openapi }) => (openapi === undefined || (!options.fetches && isUrl(openapi)) ? [] : [openapi]));
  found.files.push(...sources.filter((source) => !isUrl(source)));
  const loaded = await loadDocuments(sources);
  for (const place of places) {
    const given = place.openapi === undefined ? undefined : loaded.get(place.openapi);
    if (given !== undefined) await new Taking(place, { found, options }).take(given);
  }
  const texts = new Map(found.documents.map(({ name, text }) => [name, text]));
  for (const [service, spec] of services) {
    const mistakes = adapterMistakes(spec as unknown as Json, (version) => readDocument(texts.get(documentName(service, version)) ?? "").document);
    for (const { pointer, message } of mistakes) found.diagnostics.push({ code: "config-document", severity: "error", pointer: `/services/${service}${pointer}`, message });
  }
  return found;
}

/** One document at its place. */
class Taking {
  readonly #place: DocumentPlace;
  readonly #source: string;
  readonly #name: string;
  readonly #found: FileDocuments;
  readonly #options: FileDocumentsOptions;

  constructor(place: DocumentPlace, { found, options }: { found: FileDocuments; options: FileDocumentsOptions }) {
    this.#place = place;
    this.#source = place.openapi ?? "";
    this.#name = documentName(place.service, place.version);
    this.#found = found;
    this.#options = options;
  }

  async take(loaded: Loaded): Promise<void> {
    if ("failure" in loaded) return isUrl(this.#source) ? this.#wait(loaded.failure) : this.#say("error", loaded.failure);
    const examined = await this.#examined(loaded.text);
    if (examined === null) return;
    const { isReadable, mistakes, warnings } = examined;
    if (!isReadable && isUrl(this.#source)) return this.#wait(`${this.#source} answers with something else: ${mistakes[0] === undefined ? "" : mistakeText(mistakes[0])}`);
    for (const mistake of mistakes.slice(0, 20)) this.#say("error", `${this.#source}: ${mistakeText(mistake)}`);
    if (!isReadable) return;
    for (const warning of warnings.slice(0, 10)) this.#say("warning", `${this.#source}: ${mistakeText(warning)}`);
    this.#expectNothingBroken(examined);
    this.#keep(loaded.text);
  }

  async #examined(text: string): Promise<Examination | null> {
    const published = this.#place.isDraft ? undefined : this.#options.published(this.#name);
    try {
      // What is in force is known to be readable, and the same text breaks nothing.
      const isSame = published !== undefined && sourceOf(published) === documentSource(text);
      return await this.#options.reader.examine({ text, before: published === undefined || isSame ? null : { published } });
    } catch (error) {
      if (!(error instanceof NotExamined)) throw error;
      this.#say("error", `${this.#source}: ${error.message}`);
      return null;
    }
  }

  #expectNothingBroken({ difference }: Examination): void {
    const breaking = unacknowledged(difference, this.#place.acknowledge);
    for (const { id, endpoint, place, message } of breaking.slice(0, 50)) this.#say("error", `${this.#source} breaks what is in force: ${endpoint} ${place}: ${message} (acknowledge it with ${id})`.replace("  ", " "));
    if (breaking.length > 50) this.#say("error", `${this.#source}: and ${breaking.length - 50} breaking changes more`);
  }

  async #wait(failure: string): Promise<void> {
    const { service, version, enforces } = this.#place;
    this.#found.waits = true;
    const text = await this.#options.held(this.#name);
    if (text !== null) {
      this.#keep(text);
      return this.#say("warning", `${failure}; the document in force stays until it can be fetched`);
    }
    const calls = `calls of ${service}${version === undefined ? "" : ` ${version}`}`;
    this.#say("warning", `${failure}; until it can be fetched, ${enforces ? `${calls} are refused with 503 document-missing (validate: enforce)` : `${calls} are carried without a document`}`);
  }

  #keep(text: string): void {
    this.#found.documents.push({ name: this.#name, text, from: this.#source });
  }

  #say(severity: Diagnostic["severity"], message: string): void {
    const { service, version } = this.#place;
    this.#found.diagnostics.push({ code: "config-document", severity, pointer: `/services/${service}${version === undefined ? "" : `/versions/list/${version}`}/openapi`, message });
  }
}

function sourceOf(published: string): string | undefined {
  return (JSON.parse(published) as SnapshotDocument).source;
}
