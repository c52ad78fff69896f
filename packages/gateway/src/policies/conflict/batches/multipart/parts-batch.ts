/**
 * A batch of type multipart/mixed, as OData's `$batch` and Google's APIs have it: each part is an HTTP request (application/http),
 * or a changeset, a multipart/mixed of requests which are carried out all or none.
 */
import { fieldValue } from "../../../../exchange/raw-fields.ts";
import { type PartRequest, readRequest } from "./http-message.ts";
import { boundaryOf, type MimePart, readParts } from "../../../../exchange/mime-parts.ts";

export interface RequestPart {
  mime: MimePart;
  request: PartRequest;
  /** Its place among all requests of the batch. */
  index: number;
}

export interface Changeset {
  mime: MimePart;
  boundary: string;
  members: RequestPart[];
}

export interface PartsBatch {
  boundary: string;
  parts: (RequestPart | Changeset)[];
  requests: RequestPart[];
}

export function isChangeset(part: RequestPart | Changeset): part is Changeset {
  return "members" in part;
}

/** A text says what is wrong. */
export function readPartsBatch(bytes: Buffer, contentType: string): PartsBatch | string {
  const boundary = boundaryOf(contentType);
  if (boundary === null) return `is no multipart/mixed with a boundary${contentType === "" ? "" : `; it came as ${contentType.slice(0, 100)}`}`;
  const parts = readParts(bytes, boundary, "strict");
  if (typeof parts === "string") return parts;
  const batch: PartsBatch = { boundary, parts: [], requests: [] };
  for (const mime of parts) {
    const read = /^\s*multipart\//i.test(typeOf(mime)) ? readChangeset(batch, mime) : readRequestPart(batch, mime);
    if (typeof read === "string") return read;
    batch.parts.push(read);
  }
  return batch;
}

function readChangeset(batch: PartsBatch, mime: MimePart): Changeset | string {
  const boundary = boundaryOf(typeOf(mime));
  if (boundary === null) return "has a changeset that is no multipart/mixed with a boundary";
  const parts = readParts(mime.content, boundary, "strict");
  if (typeof parts === "string") return `has a changeset that ${parts}`;
  const members: RequestPart[] = [];
  for (const part of parts) {
    const read = readRequestPart(batch, part);
    if (typeof read === "string") return read;
    members.push(read);
  }
  return { mime, boundary, members };
}

function readRequestPart({ requests }: PartsBatch, mime: MimePart): RequestPart | string {
  const index = requests.length;
  if (!/^\s*application\/http\s*(?:;|$)/i.test(typeOf(mime))) return `has a part ${index} that is no application/http`;
  if (!/^(?:binary|8bit|7bit)?$/i.test(fieldValue(mime.rawHeaders, "content-transfer-encoding") ?? "")) return `has a part ${index} in another transfer encoding than binary`;
  const request = readRequest(mime.content);
  if (typeof request === "string") return `has a part ${index} that ${request}`;
  const part = { mime, request, index };
  requests.push(part);
  return part;
}

function typeOf({ rawHeaders }: MimePart): string {
  return fieldValue(rawHeaders, "content-type") ?? "";
}

/** By which an answer is told whose it is; null for none. */
export function contentId({ rawHeaders }: Pick<MimePart, "rawHeaders">): string | null {
  return fieldValue(rawHeaders, "content-id") ?? null;
}
