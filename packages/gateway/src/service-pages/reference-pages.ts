/** The pages of one reference put together: what holds for callers first, then the operations, on one page or on one for each tag. */
import type { Block, Inline, ReferenceIndex } from "@parley/openapi/reference";
import { documentAddress, referenceAddress, tagAddress, type PagePlace } from "./page-address.ts";

export interface PageContent {
  title: string;
  blocks: Block[];
}

/** `facts` stand between what the document says of itself and its operations. `pages` are there where all is one page. */
export function referencePage(place: PagePlace, index: ReferenceIndex, { facts, pages }: { facts: readonly Block[]; pages: readonly (readonly Block[])[] }): PageContent {
  const other = place.form === "html" ? "markdown" : "html";
  const title = `${index.title || place.service}${place.version === undefined ? "" : `, ${place.version}`}`;
  const links: Inline[] = ["As ", { link: referenceAddress({ ...place, form: other }), text: other === "html" ? "a page" : "Markdown" }, ", ", { link: documentAddress(place, "json"), text: "openapi.json" }, " or ", { link: documentAddress(place, "yaml"), text: "openapi.yaml" }, "."];
  return {
    title,
    blocks: [
      { kind: "paragraph", soft: true, text: [`${place.service}${index.edition === "" ? "" : ` · edition ${index.edition}`}. `, ...links] },
      ...index.about, ...facts,
      { kind: "heading", level: 2, id: "operations", text: ["Operations"] },
      ...listing(place, index),
      ...(index.isOnePage ? wholePages(index, pages) : []),
    ],
  };
}

function listing(place: PagePlace, { pages, isOnePage, leftOut }: ReferenceIndex): Block[] {
  const blocks = pages.flatMap(({ slug, name, operations }): Block[] => {
    const page = isOnePage ? "" : tagAddress(place, slug);
    return [
      ...(isOnePage && pages.length === 1 ? [] : [{ kind: "paragraph", text: [isOnePage ? { strong: name } : { link: page, text: name }] } satisfies Block]),
      { kind: "list", items: operations.map(({ anchor, method, path, summary, deprecated }) => ({ depth: 0, text: [{ link: `${page}#${anchor}`, text: `${method} ${path}` }, ...(summary === "" ? [] : [` ${summary}`]), ...(deprecated ? [" (deprecated)"] : [])] })) },
    ];
  });
  return leftOut === 0 ? blocks : [...blocks, { kind: "paragraph", text: [`The document has ${leftOut} operations more.`] }];
}

/** One group alone stands under the heading of all operations. */
function wholePages({ pages }: ReferenceIndex, blocks: readonly (readonly Block[])[]): Block[] {
  return pages.flatMap(({ name, about }, index): Block[] => [...(pages.length === 1 ? [] : [{ kind: "heading", level: 2, text: [name] } satisfies Block]), ...about, ...(blocks[index] ?? [])]);
}

export function tagPage(place: PagePlace, index: ReferenceIndex, { slug, blocks }: { slug: string; blocks: readonly Block[] }): PageContent {
  const page = index.pages.find((one) => one.slug === slug);
  const back: Inline = { link: referenceAddress(place), text: index.title || place.service };
  return {
    title: page?.name ?? slug,
    blocks: [{ kind: "paragraph", soft: true, text: ["Part of ", back, place.version === undefined ? "." : `, ${place.version}.`] }, ...(page?.about ?? []), { kind: "heading", level: 2, text: ["Operations"] }, ...blocks],
  };
}
