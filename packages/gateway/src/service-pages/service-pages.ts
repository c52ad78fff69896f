/**
 * A service's documents for those who call it, on the gateway's own port: a page to read, the same as Markdown, and the
 * OpenAPI document as callers may have it. Whoever may not call the service is told that there is nothing. Hides documents,
 * threads and renderers; may import the exchange, the policies of access and `@parley/openapi`.
 */
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import type { Service } from "@parley/contract/config/service";
import { comparablePlacing, placingOf } from "@parley/contract/document-placing";
import { documentFile } from "@parley/contract/document-texts";
import { documentName } from "@parley/contract/snapshot";
import type { Block } from "@parley/openapi/reference";
import { baseUrl } from "../exchange/host.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { plainProblem } from "../exchange/plain-problem.ts";
import type { PipelinePorts } from "../pipeline/route-plan.ts";
import { versionsPage } from "../policies/versions/versions-page.ts";
import type { Book, BookSource } from "./book.ts";
import { Bookshelf, NoBook } from "./bookshelf.ts";
import { documentText } from "./document-text.ts";
import { htmlPage, htmlPolicy } from "./html.ts";
import { markdownPage } from "./markdown.ts";
import { documentAddress, referenceAddress, serviceIn, wantedIn, type PageForm, type PagePlace, type Wanted } from "./page-address.ts";
import { compileRights, mayReadVersion, type ReadingRights } from "./reading-rights.ts";
import { referencePage, tagPage, type PageContent } from "./reference-pages.ts";
import { callingBlocks, conflictBlocks, limitBlocks, versionBlocks } from "./service-facts.ts";

const inflate = promisify(inflateRaw);

export interface ServicePagesPorts {
  findService(name: string): Service | undefined;
  /** Under which name the text of a document is kept; undefined where there is none. */
  sourceOf(document: string): string | undefined;
  pipeline(): PipelinePorts;
  /** Where texts of documents are. */
  folder: string;
}

export interface ServicePage {
  status: number;
  type: string;
  body: string;
  fields: readonly string[];
  policy?: string;
}

/** What one caller may read of one service. */
interface Reading {
  exchange: Exchange;
  name: string;
  service: Service;
  /** With a document, in the order of the configuration; undefined is the service itself. */
  versions: readonly (string | undefined)[];
}

export class ServicePages {
  readonly #ports: ServicePagesPorts;
  readonly #shelf = new Bookshelf();
  /** Compiled where somebody reads: services that nobody reads about cost nothing. */
  readonly #rights = new WeakMap<Service, ReadingRights>();

  constructor(ports: ServicePagesPorts) {
    this.#ports = ports;
  }

  /** Null where there is nothing that this caller may know of. */
  async answer(exchange: Exchange): Promise<ServicePage | null> {
    const place = serviceIn(exchange.path, (name) => this.#ports.findService(name) !== undefined);
    const service = place && this.#ports.findService(place.service);
    if (!place || !service || !this.#documented(place.service, service).length) return null;
    const refusal = await this.#rightsOf(place.service, service)(exchange);
    if (refusal !== null) return refusal.code === "too-many-wrong-keys" ? plainProblem(refusal) : null;
    const reading: Reading = { exchange, name: place.service, service, versions: this.#documented(place.service, service).filter((version) => version === undefined || this.#mayRead(exchange, place.service, { service, version })) };
    const query = new URLSearchParams(exchange.target.split("?")[1] ?? "");
    const wanted = wantedIn(place.rest, query, { versions: new Set(Object.keys(service.versions?.list ?? {})), form: place.form });
    if (wanted === null) return null;
    try {
      return await this.#page(reading, wanted);
    } catch (error) {
      if (error instanceof NoBook) return plainProblem({ code: "document-unavailable", detail: `The document cannot be shown at this time: ${error.message}.`, headers: { "Retry-After": "2" } });
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#shelf.close();
  }

  #rightsOf(name: string, service: Service): ReadingRights {
    const rights = this.#rights.get(service) ?? compileRights(name, service, this.#ports.pipeline());
    this.#rights.set(service, rights);
    return rights;
  }

  #documented(name: string, { versions }: Service): (string | undefined)[] {
    const places = versions === undefined ? [undefined] : Object.keys(versions.list);
    return places.filter((version) => this.#ports.sourceOf(documentName(name, version)) !== undefined);
  }

  #mayRead(exchange: Exchange, name: string, { service, version }: { service: Service; version: string }): boolean {
    const status = service.versions?.list[version]?.status ?? "published";
    return mayReadVersion(exchange, { name, version, status, pinned: this.#pinned(exchange) });
  }

  #pinned({ caller }: Exchange): Readonly<Record<string, string>> | undefined {
    return caller === null ? undefined : this.#ports.pipeline().findConsumer(caller.consumer)?.versions;
  }

  #page(reading: Reading, wanted: Wanted): Promise<ServicePage | null> {
    switch (wanted.kind) {
      case "reference":
        return this.#reference(reading, wanted);
      case "tag":
        return this.#tag(reading, wanted);
      case "document":
        return this.#document(reading, wanted);
      case "changes":
        return this.#changes(reading, wanted);
    }
  }

  async #reference(reading: Reading, { version: asked, form }: Extract<Wanted, { kind: "reference" }>): Promise<ServicePage | null> {
    const found = this.#place(reading, asked, form);
    if (found === null) return null;
    const { place } = found;
    const book = await this.#shelf.book(this.#source(reading, place.version));
    const pages = book.index.isOnePage ? await Promise.all(book.pages.map(blocksIn)) : [];
    const { service, exchange } = reading;
    const { conflict, limits } = service;
    const facts = [...this.#versionFacts(reading, place), ...callingBlocks(service, { origin: baseUrl(exchange), version: place.version }), ...limitBlocks({ service: limits, caller: this.#callerLimits(exchange) }), ...conflictBlocks(conflict)];
    return written(reading, place, referencePage(place, book.index, { facts, pages }));
  }

  async #tag(reading: Reading, { version, slug, form }: Extract<Wanted, { kind: "tag" }>): Promise<ServicePage | null> {
    const found = this.#place(reading, version, form);
    if (found === null) return null;
    const { index, pages } = await this.#shelf.book(this.#source(reading, found.place.version));
    const at = index.pages.findIndex((page) => page.slug === slug);
    const packed = pages[at];
    return packed === undefined ? null : written(reading, found.place, tagPage(found.place, index, { slug, blocks: await blocksIn(packed) }));
  }

  async #document(reading: Reading, { version, type }: Extract<Wanted, { kind: "document" }>): Promise<ServicePage | null> {
    const found = this.#place(reading, version, "html");
    if (found === null) return null;
    const book: Book = await this.#shelf.book(this.#source(reading, found.place.version));
    const rest = (await inflate(type === "json" ? book.json : book.yaml)).toString("utf8");
    return { status: 200, type: type === "json" ? "application/json" : "application/yaml; charset=utf-8", body: documentText(type, { ...book, rest, origin: baseUrl(reading.exchange) }), fields: [] };
  }

  async #changes(reading: Reading, { from, to, form }: Extract<Wanted, { kind: "changes" }>): Promise<ServicePage | null> {
    const { name, service, versions, exchange } = reading;
    if (!versions.includes(from) || !versions.includes(to)) return null;
    const place: PagePlace = { service: name, version: to, form: formFor(exchange, form) };
    const source = (version: string): BookSource => ({ ...this.#source(reading, version), placing: comparablePlacing(service, version) });
    const { blocks } = await this.#shelf.changes(source(from), source(to));
    const back: Block = { kind: "paragraph", soft: true, text: ["Versions ", { link: referenceAddress({ ...place, version: from }), text: from }, " and ", { link: referenceAddress(place), text: to }, " of ", { link: referenceAddress({ ...place, version: undefined }), text: name }, "."] };
    return written(reading, place, { title: `What changed from ${from} to ${to}`, blocks: [back, ...(await blocksIn(blocks))] });
  }

  /** Where no version is named: the caller's own, the default, or else the newest. */
  #place({ exchange, name, service, versions }: Reading, asked: string | undefined, form: PageForm | null): { place: PagePlace } | null {
    const candidates = asked === undefined && service.versions ? [this.#pinned(exchange)?.[name], service.versions.select.default, versions.at(-1)] : [asked];
    const version = candidates.find((one) => versions.includes(one) && (one !== undefined || !service.versions));
    if (!versions.includes(version) || (version === undefined && service.versions)) return null;
    return { place: { service: name, version, form: formFor(exchange, form) } };
  }

  #source({ name, service }: Reading, version: string | undefined): BookSource {
    const source = this.#ports.sourceOf(documentName(name, version)) ?? "";
    return { file: documentFile(this.#ports.folder, source), placing: placingOf(service, version) };
  }

  #versionFacts({ name, service, versions }: Reading, place: PagePlace): Block[] {
    if (service.versions === undefined) return [];
    return versionBlocks(place, { page: versionsPage(name, service.versions, this.#ports.pipeline().now()), documented: versions.filter((version) => version !== undefined) });
  }

  #callerLimits({ caller }: Exchange): NonNullable<NonNullable<Exchange["caller"]>["limits"]> {
    if (caller === null) return [];
    return [...(this.#ports.pipeline().findConsumer(caller.consumer)?.limits ?? []), ...(caller.limits ?? [])];
  }
}

/** HTML for browsers and for whoever says nothing, Markdown for whoever asks for it. */
function formFor({ headers }: Exchange, named: PageForm | null): PageForm {
  return named ?? (/\btext\/markdown\b/i.test(headers.accept ?? "") ? "markdown" : "html");
}

async function blocksIn(packed: Uint8Array): Promise<Block[]> {
  return JSON.parse((await inflate(packed)).toString("utf8")) as Block[];
}

function written({ exchange, service }: Reading, place: PagePlace, { title, blocks }: PageContent): ServicePage {
  const setting = { origin: baseUrl(exchange), access: service.access, needsTag: service.conflict.mode === "require" };
  const fields = ["Link", `<${documentAddress(place, "json")}>; rel="service-desc"; type="application/json"`];
  return place.form === "markdown"
    ? { status: 200, type: "text/markdown; charset=utf-8", body: markdownPage(title, blocks, setting), fields }
    : { status: 200, type: "text/html; charset=utf-8", body: htmlPage(title, blocks, setting), fields, policy: htmlPolicy };
}
