/** A resource's revisions as the ledger knows them, and bringing one back: by a gateway, as a guarded write like any other. */
import type { Revision } from "@parley/contract/api/resource-history";
import type { Change, KeptBody, Resource } from "@parley/stores/ports/ledger";
import { deedDraft, type Actor } from "../../../configuration/audit-drafts.ts";
import { refuse } from "../../../refusal.ts";
import { redactedText } from "../../../json/redact.ts";
import type { ControlPlane } from "../../control-plane.ts";
import { etagOf, expectTag } from "../../etag.ts";
import type { Handlers } from "../../handler.ts";
import { ledgerAnswer } from "./ledger-answer.ts";
import { loggingOf } from "./logging-settings.ts";

/** A guarded write waits for its place and for the upstream. */
const restoreWithinMs = 60_000;

export function historyHandlers(plane: ControlPlane): Pick<Handlers, "getHistory" | "getVersion" | "restoreVersion"> {
  return {
    getHistory: async ({ query }) => {
      const resource = { service: query.service, path: query.resource };
      const before = query.after === undefined ? {} : { before: Number(query.after) };
      const [now, changes] = await ledgerAnswer(() => Promise.all([current(plane, resource), plane.ledger.listChanges({ ...resource, after: 0, ...before, limit: query.limit + 1 })]));
      const page = changes.slice(0, query.limit);
      const next = changes.length > page.length ? String(page.at(-1)?.revision) : null;
      return { body: { service: query.service, resource: query.resource, etag: etagOf(now.tag), items: page.map((change) => shown(change, now.revision)), next }, tag: now.tag };
    },
    getVersion: async ({ query }) => {
      const { service, resource, revision } = query;
      const { body, contentType } = await keptVersion(plane, { service, path: resource }, revision);
      const bytes = Buffer.from(body, "base64");
      const { bodies, redact } = loggingOf(plane);
      return { body: { service, resource, revision, contentType, bytes: bytes.length, body: bodies === "none" ? null : redactedText(bytes, contentType, redact) } };
    },
    restoreVersion: async ({ body, precondition, actor }) => {
      const { service, resource, revision } = body;
      const place = { service, path: resource };
      const now = await ledgerAnswer(() => current(plane, place));
      expectTag(precondition, now.revision === 0 ? null : now, resource);
      const { digest } = await keptVersion(plane, place, revision);
      const outcome = await plane.channel.restore({ service, resource, digest, expected: now.revision, actor: actor.name }, restoreWithinMs);
      const status = settled(outcome, resource);
      await audit(plane, actor, { place, revision, replaced: now.revision });
      const after = await ledgerAnswer(() => current(plane, place));
      return { body: { service, resource, from: revision, status, etag: etagOf(after.tag) }, tag: after.tag };
    },
  };
}

async function current(plane: ControlPlane, resource: Resource): Promise<{ revision: number; tag: string }> {
  const state = await plane.ledger.readResource({ ...resource, view: "" });
  const revision = state?.revision ?? 0;
  return { revision, tag: `revision-${revision}` };
}

async function keptVersion(plane: ControlPlane, resource: Resource, revision: number): Promise<KeptBody & { digest: string }> {
  const [change] = await ledgerAnswer(() => plane.ledger.listChanges({ ...resource, after: revision - 1, before: revision + 1, limit: 1 }));
  if (change === undefined) refuse("not-found", `the ledger knows no revision ${revision} of ${resource.path} of ${resource.service}`);
  const { digest } = change;
  const kept = digest === null ? null : await ledgerAnswer(() => plane.ledger.readBase({ ...resource, digest }));
  if (digest === null || kept === null) refuse("version-not-kept", `the body of revision ${revision} of ${resource.path} is not kept`);
  return { ...kept, digest };
}

function shown({ revision, at, by, callId, method, etag, digest, kept }: Change, now: number): Revision {
  const tag = etag ?? (digest === null ? null : etagOf(`${revision}-${digest}`));
  return { revision, at, by, ...(callId === "" ? {} : { callId }), ...(method === "" ? {} : { method }), ...(tag === null ? {} : { tag }), current: revision === now, kept };
}

type Outcome = Awaited<ReturnType<ControlPlane["channel"]["restore"]>>;

/** The upstream's status, where it took it. */
function settled(outcome: Outcome, resource: string): number {
  if (outcome === null) refuse("no-gateway", "no gateway answered; if one was asked, it may still have written: look at the history", { headers: { "Retry-After": "5" } });
  switch (outcome.kind) {
    case "applied":
      return outcome.status;
    case "stale":
      return refuse("precondition-failed", `${resource} was changed since its history was read: its revision is ${outcome.revision}`);
    case "not-kept":
      return refuse("version-not-kept", `the version is no longer kept`);
    case "not-guarded":
      return refuse("restoration-refused", "the service guards nothing at the moment, so that nothing could be compared", { fix: "Set conflict.mode of the service to enforce or require." });
    case "refused":
      return refuse("restoration-refused", `it was answered ${outcome.status}${outcome.code === null ? "" : ` (${outcome.code})`}: ${outcome.detail}`);
  }
}

async function audit(plane: ControlPlane, actor: Actor, what: { place: Resource; revision: number; replaced: number }): Promise<void> {
  const { place, revision, replaced } = what;
  const changes = [{ op: "replace" as const, path: "/revision", value: { restored: revision, replaced } }];
  await plane.store.audit.add([deedDraft({ action: "restore", kind: "resource", name: `${place.service} ${place.path}`, changes }, { ...actor, at: plane.now() })]);
}
