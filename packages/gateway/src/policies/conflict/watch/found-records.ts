/** What observing finds, as conflicts are kept and shown. */
import { createHash } from "node:crypto";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { baseUrl } from "../../../exchange/host.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import { conditionsOf, conflictRecordOf, diagnose, versionOf } from "../diagnosis/index.ts";
import type { LostUpdate, Overtaken, PotentialConflict } from "../observe/index.ts";
import { resourcePath } from "../requests/resource-path.ts";
import { upstreamRefusal } from "../requests/upstream-refusal.ts";
import type { ObservedRoute } from "./observed-route.ts";
import type { WriteAbout } from "./watcher.ts";

const nothingToRetry = { origin: "gateway", guarantee: "none", retryable: false, retry: { strategy: "none" }, expected: [] } as const satisfies Partial<ConflictRecord>;

export function lostUpdateRecord(route: ObservedRoute, lost: LostUpdate, about: WriteAbout): ConflictRecord {
  const others = [...new Set(lost.lost.map((change) => change.actor))];
  const pointers = [...new Set(lost.lost.map((change) => change.pointer))];
  const when = new Date(Math.max(...lost.lost.map((change) => change.at))).toISOString();
  return {
    ...nothingToRetry,
    id: route.ports.randomBytes(16).toString("hex"), at: Math.floor(lost.at), state: "lost", service: route.service, resource: lost.resource, method: about.method,
    cause: "lost-update", subcause: lost.lost[0]?.how ?? "put-back", outcome: "applied", callId: lost.callId,
    expected: [...about.expected],
    ...(about.consumer === null ? {} : { consumer: about.consumer }),
    consumers: [lost.actor, ...others], status: about.status, pointers, ...(about.probable ? { probable: true } : {}),
    detail: `${lost.actor} read it at ${new Date(lost.readAt).toISOString()} and then undid what ${others.join(", ")} changed at ${when}: ${pointers.slice(0, 5).join(", ")}.`,
  };
}

/** The same pair of events always has the same id, so that it stays one conflict while it lasts. */
export function potentialRecord(route: ObservedRoute, found: PotentialConflict): ConflictRecord {
  const id = createHash("sha256").update([route.service, found.resource, found.reader, found.callId].join("\0")).digest("hex").slice(0, 32);
  return {
    ...nothingToRetry,
    id, at: Math.floor(found.writtenAt), state: "potential", service: route.service, resource: found.resource, method: "", cause: "concurrent-modification", outcome: "not-applied",
    callId: found.callId, consumers: [found.reader, found.writer], status: 0, pointers: found.pointers,
    detail: `${found.reader} holds what it read at ${new Date(found.readAt).toISOString()}, and ${found.writer} has written since.`,
  };
}

const unseen = { etag: null, digest: null, document: undefined } as const;

/** `overtaken`: who has written since the caller's last read, where that is known. */
export function upstreamConflictRecord(
  route: ObservedRoute, exchange: Exchange, { overtaken, ...answer }: { status: number; rawHeaders: readonly string[]; body: Buffer; overtaken: Overtaken | null },
): ConflictRecord {
  const { headers } = exchange;
  const evidence = {
    stoppedBy: "upstream" as const, hadPrecondition: headers["if-match"] !== undefined || headers["if-unmodified-since"] !== undefined || headers["if-none-match"] !== undefined,
    expectedAbsent: headers["if-none-match"]?.trim() === "*", tag: null, intended: null, base: overtaken === null ? null : unseen,
    current: overtaken === null ? null : { ...unseen, exists: true, revision: null, changedAt: Math.floor(overtaken.writtenAt), changedBy: overtaken.writer },
    upstream: upstreamRefusal(answer, { busy: route.settings.busy, isStale: route.stale.matches, nowMs: route.ports.now() }), overlaps: null,
  };
  return conflictRecordOf(diagnose(evidence), evidence, {
    id: route.ports.randomBytes(16).toString("hex"), at: Math.floor(exchange.record.at), service: route.service, resource: resourcePath(exchange.path), callId: exchange.id,
    consumer: exchange.caller?.consumer ?? null, guarantee: "none", expected: headers["if-match"] === undefined ? [] : [headers["if-match"]], redact: route.ports.redaction().kept,
    call: { method: exchange.method, url: baseUrl(exchange) + exchange.target, currentEtag: null, access: route.access, contentType: headers["content-type"] ?? null, version: versionOf(exchange), conditions: conditionsOf(headers), underLease: headers["lock-token"] !== undefined },
  });
}
