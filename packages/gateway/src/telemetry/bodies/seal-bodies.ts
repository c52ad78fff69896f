/** One call's bodies as a line of the spool: undone, redacted, sealed. Only the seal touches the disk. */
import { bodiesPurpose, type CallBodies, type KeptBody, type SealedBodies } from "@parley/contract/call-bodies";
import { sealSecret } from "@parley/contract/secrets";
import { keptBytesOf } from "./body-capture.ts";
import type { BodyJob, CopiedBody } from "./body-job.ts";
import { bodyText } from "./body-text.ts";
import { redactBody } from "./redact-body.ts";

export async function sealBodies(job: BodyJob, masterKey: Buffer): Promise<string> {
  const bodies: CallBodies = { request: await keptBody(job.request, job), response: await keptBody(job.response, job) };
  const line: SealedBodies = { id: job.id, at: job.at, service: job.service, sealed: sealSecret(masterKey, bodiesPurpose(job.id), JSON.stringify(bodies)) };
  return JSON.stringify(line);
}

async function keptBody(body: CopiedBody | null, job: BodyJob): Promise<KeptBody | null> {
  if (body === null) return null;
  const { contentType, contentEncoding, bytes } = body;
  const kept = { contentType: contentType.slice(0, 200), bytes };
  const found = await bodyText(body.beginning, { contentType, contentEncoding, isCut: body.isCut, mostBytes: keptBytesOf(contentType, job.bodyBytes) });
  if (found === null) return { ...kept, text: null, truncated: body.isCut, withheld: "no-text" };
  const { isCut } = found;
  const text = redactBody(isCut ? withoutCutWord(found.text) : found.text, { contentType, isCut, pointers: job.redact, secrets: job.secrets });
  return text === null ? { ...kept, text, truncated: isCut, withheld: "not-redactable" } : { ...kept, text, truncated: isCut };
}

/** Half a key would not be known for one. */
function withoutCutWord(text: string): string {
  return text.replace(/[A-Za-z0-9_.~+/=-]{1,4000}$/, "");
}
