/** Requests that write several resources at once: where each item says what it writes, under which precondition, and where the answer says what came of it. */
import { z } from "zod";

const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, "a JSON pointer starts with a slash, such as /card/number, and writes ~ in a name as ~0 and / as ~1");

const itemMethod = z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/** Text with at least one `{/pointer}` in it. */
const template = z.string().regex(/^(?:[^{}]*\{(?:\/(?:[^~/{}]|~[01])*)+\}[^{}]*)+$/, 'a resource names values of the item by JSON pointers in braces, such as "/{/id}" or "{/url}"');

export const batch = z
  .strictObject({
    /** Where batches are sent, below the service's path. */
    path: z.string().startsWith("/"),
    method: z.enum(["POST", "PUT", "PATCH"]).default("POST"),
    /** `ndjson`: a document in each line, which are the list. `multipart`: an HTTP request in each part (multipart/mixed), which says itself what it writes. */
    format: z.enum(["json", "ndjson", "multipart"]).default("json"),
    /** What absolute paths in the parts of a multipart batch begin with: the service's own path as the upstream knows it. */
    root: z.string().startsWith("/").optional(),
    /** The list in the request's body; "" where the body is the list. */
    items: pointer.default(""),
    maxItems: z.int().min(1).max(1_000).default(100),
    /** `omit`: the others are sent. `refuse`: nothing is, for an upstream that carries out all of a batch or nothing. */
    onRefusal: z.enum(["omit", "refuse"]).default("omit"),
    /** Pointers into one item. */
    item: z.strictObject({
      /** Below the service's path; a template that is one value alone may hold a URL. */
      resource: template.optional(),
      method: pointer.optional(),
      /** The upstream's words for methods. */
      methods: z.record(z.string(), itemMethod).default({}),
      /** Of an item that names none. */
      defaultMethod: itemMethod.default("PUT"),
      /** An entity-tag, or its opaque part alone. */
      ifMatch: pointer.optional(),
      ifNoneMatch: pointer.optional(),
      lockToken: pointer.optional(),
      /** Where the upstream takes the resource's fence, a number; what a client sends there is never passed on. */
      fence: pointer.optional(),
      /** The document that the item writes; "" where it is the item itself. */
      body: pointer.optional(),
      id: pointer.optional(),
    }).prefault({}),
    /** Pointers into the answer; without it every item has the status of the whole. */
    results: z
      .strictObject({
        items: pointer.default(""),
        /** Which item a result is of; by its place in the list without it. */
        id: pointer.optional(),
        status: pointer.optional(),
        /** Present where the item failed; a result without a status then counts as 409 if it speaks of a conflict, and as 422 if not. */
        error: pointer.optional(),
        etag: pointer.optional(),
        body: pointer.optional(),
      })
      .optional(),
  })
  .refine(({ format, item }) => format === "multipart" || item.resource !== undefined, { path: ["item"], message: 'the item of a batch says what it writes: item: { resource: "/{/id}" }' })
  .refine(({ format, items, item, results }) => format !== "multipart" || (items === "" && results === undefined && Object.keys(item).every((name) => name === "methods" || name === "defaultMethod")), { path: ["format"], message: "the parts of a multipart batch are HTTP messages, which say themselves what they write: items, item and results have no place here" })
  .refine(({ format, root }) => format === "multipart" || root === undefined, { path: ["root"], message: "root is for the absolute paths in the parts of a multipart batch" })
  .refine(({ format, items }) => format !== "ndjson" || items === "", { path: ["items"], message: "the lines of NDJSON are the list, so that it has no place in a document" });
export type Batch = z.output<typeof batch>;
