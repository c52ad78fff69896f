/** A request's body: within bounds, of a type that is taken, and a text. */
import { isUtf8 } from "node:buffer";
import { repeatedMember } from "@parley/merge";
import { refuse, refuseBody } from "../refusal.ts";

const maxBodyBytes = 8 * 1024 * 1024;
/** Documents that others have written are larger. */
export const maxTextBytes = 16 * 1024 * 1024;
/** So much of a body that is too large is taken and forgotten: whoever is still sending when the connection closes never reads the refusal. */
const maxForgottenBytes = 64 * 1024 * 1024;
/** As deep as a configuration file may be. */
const maxDepth = 100;

export async function readJson(request: Request): Promise<unknown> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json" && !type.endsWith("+json")) {
    refuse("invalid-body", `the body is ${type.slice(0, 60) || "of no stated type"}, and the admin API takes JSON`, { status: 415, fix: "Send Content-Type: application/json." });
  }
  const text = await readText(request, maxBodyBytes);
  const value = parsed(text);
  if (!isShallow(value, maxDepth)) refuseBody([{ pointer: "", message: `nested more than ${maxDepth} deep` }]);
  const repeated = repeatedMember(text);
  if (repeated !== null) refuseBody([{ pointer: repeated, message: "is there twice, and it cannot be said which of the two is meant" }]);
  return value;
}

export async function readText(request: Request, maxBytes: number): Promise<string> {
  const coding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (coding !== "identity") refuse("invalid-body", `the body has the content coding ${coding.slice(0, 40)}`, { status: 415, fix: "Send it as it is, without Content-Encoding.", headers: { "Accept-Encoding": "identity" } });
  const body = await readBytes(request.body, maxBytes);
  if (!isUtf8(body)) refuseBody([{ pointer: "", message: "not UTF-8" }]);
  return body.toString("utf8");
}

async function readBytes(source: Request["body"], maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of source ?? []) {
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) chunks.push(chunk);
      else if (bytes > maxForgottenBytes) break;
    }
  } catch {
    // The client has gone, or its framing is broken: no failure of ours.
    refuse("malformed-request", "the body ended before it was whole");
  }
  if (bytes > maxBytes) refuse("body-too-large-admin", `the body has more than ${maxBytes / 1024 / 1024} MiB`, { headers: { Connection: "close" } });
  return Buffer.concat(chunks);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    refuseBody([{ pointer: "", message: `not JSON: ${(error as Error).message}` }]);
  }
}

/** Whether what looks at it part by part gets to its ends. */
function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => isShallow(member, depth - 1));
}
