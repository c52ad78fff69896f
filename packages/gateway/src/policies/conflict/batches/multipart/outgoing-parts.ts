/** A multipart batch as it goes upstream: without the parts that were refused, and each of the others as the guard would send it alone. */
import type { Exchange } from "../../../../exchange/exchange.ts";
import { withoutFields } from "../../../../exchange/raw-fields.ts";
import type { Outgoing } from "../shared-sending.ts";
import { isChangeset, type PartsBatch, type RequestPart } from "./parts-batch.ts";
import { headBytes, multipart } from "./write-parts.ts";

/** The client's own bytes where nothing has to be changed. */
export async function outgoingParts(batch: PartsBatch, bytes: Buffer, outgoing: Outgoing): Promise<Buffer> {
  const edited = new Map<number, Buffer>();
  for (const [index, exchange] of outgoing) {
    const part = batch.requests[index] as RequestPart;
    const changed = await editedPart(part, exchange);
    if (changed !== null) edited.set(index, changed);
  }
  if (outgoing.size === batch.requests.length && edited.size === 0) return bytes;
  const written = (part: RequestPart): Buffer[] => (outgoing.has(part.index) ? [edited.get(part.index) ?? part.mime.bytes] : []);
  return multipart(batch.boundary, batch.parts.flatMap((part) => {
    if (!isChangeset(part)) return written(part);
    const members = part.members.flatMap(written);
    return members.length === 0 ? [] : [Buffer.concat([headBytes(withoutFields(part.mime.rawHeaders, ofTheContent)), multipart(part.boundary, members)])];
  }));
}

const ofTheContent: ReadonlySet<string> = new Set(["content-length", "content-md5"]);
/** The gateway's to evaluate, or its to say. */
const ofTheGuard: ReadonlySet<string> = new Set(["if-match", "if-none-match", "if-unmodified-since", "lock-token", "parley-fence"]);
const ofTheFence: ReadonlySet<string> = new Set(["parley-fence"]);

/** Null where it stays as it is. */
async function editedPart({ mime, request }: RequestPart, exchange: Exchange | null): Promise<Buffer | null> {
  const fields = exchange === null ? withoutFields(request.rawHeaders, ofTheFence) : guardedFields(request.rawHeaders, exchange);
  const body = exchange === null ? request.body : await exchange.body.whole();
  const isSameBody = body.equals(request.body);
  if (isSameBody && fields.length === request.rawHeaders.length && fields.every((field, index) => field === request.rawHeaders[index])) return null;
  const sized = isSameBody ? fields : [...withoutFields(fields, ofTheContent), "Content-Length", String(body.length)];
  const line = Buffer.from(`${request.method} ${request.target} HTTP/1.1\r\n`, "latin1");
  return Buffer.concat([headBytes(withoutFields(mime.rawHeaders, ofTheContent)), line, headBytes(sized), body]);
}

function guardedFields(rawHeaders: readonly string[], { headers, upstreamFields = [] }: Exchange): string[] {
  const kept = withoutFields(rawHeaders, ofTheGuard);
  for (const name of ["If-Match", "If-None-Match", "If-Unmodified-Since"]) {
    const value = headers[name.toLowerCase()];
    if (typeof value === "string") kept.push(name, value);
  }
  return [...kept, ...upstreamFields];
}
