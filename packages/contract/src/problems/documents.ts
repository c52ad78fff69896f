/** Refusals about OpenAPI documents: of calls that are not as they say, and of documents themselves. */
import type { ProblemEntry } from "./entry.ts";

export const documentProblems = {
  "request-invalid": {
    status: 400,
    title: "The request is not what the API's document says",
    cause: "The service holds requests to its OpenAPI document (`validate: enforce`), and a parameter or the body is missing or has another form.",
    fix: "Correct what `errors` names: `pointer` is the place in the request, `schema` the place in the document.",
  },
  "operation-unknown": {
    status: 404,
    title: "The API's document has no such operation",
    cause: "The service holds requests to its OpenAPI document (`validate: enforce`), and neither this path nor this method on it is in there.",
    fix: "Compare method and path with the document; Allow names the methods that the path has.",
  },
  "adapter-refused": {
    status: 413,
    title: "The request cannot be adapted",
    cause: "The version is served by a newer one's upstream, and its requests are mapped; this one is too long, in a content coding that cannot be read, or a JSON patch.",
    fix: "Send the whole resource or a merge patch, of up to 1 MiB, or call the newer version.",
  },
  "adapter-failed": {
    status: 502,
    title: "The answer cannot be adapted",
    cause: "The version is served by a newer one's upstream, whose answer is too long, in a coding that was not asked for, or no JSON although it says so. A write may have been carried out.",
    fix: "Read the resource again, or call the newer version.",
  },
  "document-invalid": {
    status: 422,
    title: "The OpenAPI document cannot be used",
    cause: "It is no OpenAPI 3.0 or 3.1, or something in it leads nowhere.",
    fix: "Correct what `errors` names by JSON pointer, or by line where the text is neither JSON nor YAML.",
  },
  "document-unreachable": {
    status: 422,
    title: "The OpenAPI document cannot be fetched",
    cause: "The URL does not answer with the document, or leads to an address that is not public.",
    fix: "Correct the URL, or send the document itself with PUT.",
  },
  "document-unavailable": {
    status: 503,
    title: "The documentation cannot be shown at this time",
    cause: "The document is being read for many at once, or its text has not arrived at this gateway yet.",
    fix: "Ask again after Retry-After; calls of the service are not affected.",
  },
  "breaking-change": {
    status: 409,
    title: "The new document breaks what callers rely on",
    cause: "Compared with the document in force, something was removed or narrowed that callers may use. `changes` lists each breaking change with its id.",
    fix: "Publish it as a new version, or acknowledge the changes: `acknowledge: [ids]` in the configuration, `?acknowledge=id,id` or `?force=true` with PUT.",
    example: "./parley diff notes --version v2 --file ./notes.v2.openapi.yaml",
  },
} as const satisfies Record<string, ProblemEntry>;
