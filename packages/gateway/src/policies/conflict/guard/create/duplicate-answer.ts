/** What becomes of a create whose unique value is taken (`conflict.onDuplicate`). Only what the caller may read is shown or changed. */
import type { Diagnosis } from "../../diagnosis/index.ts";
import { parsePreconditions } from "../../preconditions/index.ts";
import { derivedExchange, withoutHeaders } from "../../../../exchange/derived-exchange.ts";
import { shownPath } from "../../../../exchange/version-path.ts";
import { complain } from "../complaint.ts";
import type { GuardedCall } from "../guarded-call.ts";
import { noteRead } from "../note-read.ts";
import { shownTag } from "../representation/representation.ts";
import { callOf, type Existing } from "./unique-create.ts";
import type { WriteRequest } from "../write/write-request.ts";

/** `then` is null where there can be no other write in the place of the create: it is refused. */
export async function answerDuplicate(call: GuardedCall, existing: Existing, then: { request: WriteRequest; update: (call: GuardedCall) => Promise<void> } | null): Promise<void> {
  call.exchange.answerFields.push("Content-Location", shownPath(existing.path, { servicePath: call.plan.servicePath, versionPath: call.exchange.versionPath }));
  switch (call.plan.settings.onDuplicate) {
    case "reject":
      return complain(call, { diagnosis: taken(call, existing), evidence: null });
    case "return-existing":
      return returnExisting(call, existing);
    case "convert-to-update":
      return then === null ? complain(call, { diagnosis: taken(call, existing), evidence: null }) : then.update(await asUpdate(call, existing, then.request));
  }
}

function taken({ plan }: GuardedCall, { path }: Existing): Diagnosis {
  return {
    code: "state-mismatch", status: 409, cause: "state-mismatch", subcause: "duplicate", state: "prevented", origin: "gateway", outcome: "not-applied", retryable: false, retry: { strategy: "none" },
    detail: `${path} has the same ${plan.settings.uniqueKey} already. Nothing was created.`,
  };
}

async function returnExisting(call: GuardedCall, { path, current }: Existing): Promise<void> {
  const etag = shownTag(current, await noteRead(callOf(call, path), current));
  const body = current.body ?? Buffer.alloc(0);
  call.sink.head(200, ["Content-Type", current.contentType, "Content-Length", String(body.length), ...(etag === null ? [] : ["ETag", etag])]);
  call.sink.data(body);
  call.sink.end();
}

const ofTheCreate: ReadonlySet<string> = new Set(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "idempotency-key"]);

/** A PUT of the same document under the tag of what was just read: a guarded write like any other, which the upstream may refuse this caller. */
async function asUpdate(call: GuardedCall, { path, current }: Existing, request: WriteRequest): Promise<GuardedCall> {
  const update = callOf(call, path);
  const etag = shownTag(current, await noteRead(update, current));
  const stripped = withoutHeaders(call.exchange, ofTheCreate);
  const rawHeaders = etag === null ? stripped.rawHeaders : [...stripped.rawHeaders, "If-Match", etag];
  const headers = etag === null ? stripped.headers : { ...stripped.headers, "if-match": etag };
  const preconditions = parsePreconditions(headers, call.plan.ports.now());
  return { ...update, ...(preconditions.ok ? { preconditions: preconditions.value } : {}), exchange: derivedExchange(update.exchange, { method: "PUT", rawHeaders, headers, body: request.held.body }) };
}
