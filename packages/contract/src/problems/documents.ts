/** Refusals about OpenAPI documents: of calls that are not as they say, and of documents themselves. */
import { commands } from "./commands.ts";
import type { ProblemEntry } from "./entry.ts";

export const documentProblems = {
  "request-invalid": {
    status: 400,
    title: "The request does not match the OpenAPI document",
    cause: "The service validates requests against its OpenAPI document (`validate: enforce`), and a parameter or the body is missing or does not match.",
    fix: "Correct what `errors` names: `pointer` is the place in the request, `schema` the place in the document.",
    example: commands.reference,
  },
  "operation-unknown": {
    status: 404,
    title: "The OpenAPI document has no such operation",
    cause: "The service validates requests against its OpenAPI document (`validate: enforce`), which does not have this path, or not with this method.",
    fix: "Compare method and path with the document; Allow names the methods that the path has.",
    example: commands.reference,
  },
  "document-missing": {
    status: 503,
    title: "The service waits for its OpenAPI document",
    cause: "The service validates requests against an OpenAPI document (`validate: enforce`) that could not be fetched yet, or was not published yet. Nothing was sent.",
    fix: "Call again after Retry-After. Whoever runs the service finds the reason in `GET /api/status`, where a file is the truth, or publishes the document with PUT.",
    example: commands.status,
  },
  "adapter-refused": {
    status: 413,
    title: "The request cannot be adapted",
    cause: "An adapter maps this version's requests to a newer version, and this one is too long, in a content coding that cannot be read, a JSON patch, or a merge patch with only some of the members that the newer version has as one.",
    fix: "Send the whole resource or a merge patch, of up to 1 MiB, or call the newer version.",
    example: commands.versions,
  },
  "adapter-failed": {
    status: 502,
    title: "The answer cannot be adapted",
    cause: "An adapter maps a newer version's answers to this version, and this one is too long, in a content coding that was not asked for, or not JSON although it says so. A write may have been carried out.",
    fix: "Read the resource again, or call the newer version.",
    example: commands.versions,
  },
  "document-invalid": {
    status: 422,
    title: "The OpenAPI document cannot be used",
    cause: "It is not a valid OpenAPI 3.0 or 3.1 document, or a reference in it leads nowhere.",
    fix: "Correct what `errors` names by JSON pointer, or by line where the text is neither JSON nor YAML.",
    example: "./parley diff notes --file ./notes.openapi.yaml",
  },
  "document-unreachable": {
    status: 422,
    title: "The OpenAPI document cannot be fetched",
    cause: "The URL does not answer with the document, or leads to an address that is not public.",
    fix: "Correct the URL, or send the document itself with PUT.",
  },
  "document-unavailable": {
    status: 503,
    title: "The documentation cannot be shown at the moment",
    cause: "The document is being read for many at once, or its text has not arrived at this gateway yet.",
    fix: "Ask again after Retry-After; calls of the service are not affected.",
    example: commands.reference,
  },
  "breaking-change": {
    status: 409,
    title: "The new document has breaking changes",
    cause: "Compared with the document in force, something was removed or narrowed that callers may use. `changes` lists each breaking change with its id.",
    fix: "Publish it as a new version, or acknowledge the changes: `acknowledge: [ids]` in the configuration, `?acknowledge=id,id` or `?force=true` with PUT.",
    example: "./parley diff notes --version v2 --file ./notes.v2.openapi.yaml",
  },
} as const satisfies Record<string, ProblemEntry>;
