/** A document's reference for its callers: an index of the operations by tag, and the pages that tell of each. All of it bounded, whatever the document says. */
import { isJsonObject } from "@parley/merge";
import { listAt, objectAt, resolved, textAt, type ApiDocument } from "../document/document.ts";
import { operationsOf, type Operation } from "../document/operations.ts";
import { cut, type Block } from "./blocks.ts";
import { operationBlocks } from "./operation-blocks.ts";
import { isWebAddress, proseOf } from "./prose.ts";

const mostOperations = 5_000;
/** So many on a page; a tag that has more gets several. */
const mostOnPage = 60;
/** A document that has no more is one page as a whole. */
const mostOnOnePage = 40;

export interface ReferenceIndex {
  title: string;
  /** What the document calls itself, which is not the gateway's name of the version. */
  edition: string;
  about: readonly Block[];
  isOnePage: boolean;
  pages: readonly ReferencePage[];
  /** Operations that the document has and the reference leaves out. */
  leftOut: number;
}

export interface ReferencePage {
  /** Unlike every other's, in lower case, fit for a path. */
  slug: string;
  name: string;
  about: readonly Block[];
  operations: readonly { anchor: string; method: string; path: string; summary: string; deprecated: boolean }[];
}

export interface Reference {
  index: ReferenceIndex;
  /** Beside `index.pages`. */
  pages: readonly (readonly Block[])[];
}

interface Group {
  name: string;
  operations: Operation[];
}

export function referenceOf(document: ApiDocument, serverPath: string): Reference {
  const info = objectAt(document.root, "info");
  const operations = operationsOf(document);
  const shown = operations.slice(0, mostOperations);
  const groups = groupsOf(document, shown);
  const slugs = new Set<string>();
  const written = groups.map((group) => pageOf(document, group, { slug: unlike(slugOf(group.name), slugs), serverPath }));
  const index: ReferenceIndex = {
    title: cut((textAt(info, "title") ?? "").replaceAll(/\s+/g, " ").trim(), 200), edition: cut(textAt(info, "version") ?? "", 60), about: aboutOf(document),
    isOnePage: shown.length <= mostOnOnePage, pages: written.map(({ page }) => page), leftOut: operations.length - shown.length,
  };
  return { index, pages: written.map(({ blocks }) => blocks) };
}

function aboutOf({ root }: ApiDocument): Block[] {
  const info = objectAt(root, "info");
  const link = (text: string, target: string | null): Block[] => (target !== null && isWebAddress(target) && target.length <= 1_000 ? [{ kind: "paragraph", text: [{ link: target, text }] }] : []);
  return [
    ...proseOf(textAt(info, "description") ?? textAt(info, "summary"), 20_000),
    ...link("More about it", textAt(objectAt(root, "externalDocs"), "url")),
    ...link("Terms of service", textAt(info, "termsOfService")),
    ...link("Whom to ask", textAt(objectAt(info, "contact"), "url")),
  ];
}

/** By the first tag of each operation, in the order of the document's own tags. */
function groupsOf(document: ApiDocument, operations: readonly Operation[]): Group[] {
  const byTag = new Map<string, Operation[]>(listAt(document.root, "tags").flatMap((tag) => (isJsonObject(tag) && typeof tag["name"] === "string" ? [[tag["name"], []] as const] : [])));
  for (const operation of operations) {
    const [tag] = listAt(resolved(document, { $ref: operation.place }, "#")?.value ?? {}, "tags");
    const name = typeof tag === "string" ? tag : "Operations";
    const group = byTag.get(name);
    if (group) group.push(operation);
    else byTag.set(name, [operation]);
  }
  return [...byTag].flatMap(([name, list]) => inPages(cut(name, 100), list));
}

function inPages(name: string, operations: Operation[]): Group[] {
  const pages: Group[] = [];
  for (let from = 0; from < operations.length; from += mostOnPage) pages.push({ name: from === 0 ? name : `${name} (${from / mostOnPage + 1})`, operations: operations.slice(from, from + mostOnPage) });
  return pages;
}

function pageOf(document: ApiDocument, { name, operations }: Group, { slug, serverPath }: { slug: string; serverPath: string }): { page: ReferencePage; blocks: Block[] } {
  const anchors = new Set<string>();
  const blocks: Block[] = [];
  const listed = operations.map((operation) => {
    const anchor = `${slug}-${unlike(slugOf(operation.id), anchors)}`;
    const { blocks: own, summary } = operationBlocks(document, operation, { anchor, serverPath });
    blocks.push(...own);
    return { anchor, method: operation.method, path: cut(`${serverPath}${operation.path === "/" && serverPath !== "" ? "" : operation.path}` || "/", 300), summary, deprecated: operation.deprecated };
  });
  const tag = listAt(document.root, "tags").find((one) => isJsonObject(one) && one["name"] === name);
  const about = isJsonObject(tag) ? proseOf(textAt(tag, "description"), 5_000) : [];
  return { page: { slug, name, about, operations: listed }, blocks };
}

function slugOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 60) || "page";
}

function unlike(slug: string, taken: Set<string>): string {
  let [name, count] = [slug, 1];
  while (taken.has(name)) name = `${slug}-${++count}`;
  taken.add(name);
  return name;
}
