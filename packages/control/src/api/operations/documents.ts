/** OpenAPI documents of services and versions: given, read back, compared, and held against the calls that were made. */
import type { Difference } from "@parley/openapi";
import type { DocumentDifference } from "@parley/contract/api/documents";
import { documentName } from "@parley/contract/snapshot";
import type { DocumentSpec, HeldEntity } from "../../configuration/entity.ts";
import type { Examination } from "../../documents/examination.ts";
import { loadUrl } from "../../documents/load-document.ts";
import { deedDraft } from "../../configuration/audit-drafts.ts";
import { documentPlaces, unacknowledged, type Acknowledged, type DocumentPlace } from "../../documents/publish-check.ts";
import { examined, refuseBreaking, refuseMistakes } from "../../documents/refusals.ts";
import { withAffected } from "../../documents/who-is-affected.ts";
import { refuse } from "../../refusal.ts";
import type { ControlPlane } from "../control-plane.ts";
import { etagOf, expectTag } from "../etag.ts";
import type { Handlers, OperationAnswer, OperationRequest } from "../handler.ts";
import { fromCallLog } from "./from-call-log.ts";

type Names = "getServiceDocument" | "putServiceDocument" | "getVersionDocument" | "putVersionDocument" | "diffVersions" | "diffServiceDocument" | "diffVersionDocument" | "fetchDocument";

const dayMs = 86_400_000;

export function documentHandlers(plane: ControlPlane): Pick<Handlers, Names> {
  return {
    getServiceDocument: async ({ path }) => shown(held(plane, path.name, undefined)),
    getVersionDocument: async ({ path }) => shown(held(plane, path.name, path.version)),
    putServiceDocument: (request) => put(plane, placeOf(plane, request.path.name, undefined), request),
    putVersionDocument: (request) => put(plane, placeOf(plane, request.path.name, request.path.version), request),
    diffVersions: async ({ path, query, signal }) => {
      const [before, after] = [query.from, query.to].map((version) => textOf(held(plane, path.name, placeOf(plane, path.name, version).version))) as [string, string];
      return { body: await difference(plane, differenceIn(await examined(plane.documentReader, { text: after, before: { text: before } })), { service: path.name, version: query.from, to: query.to, days: query.days, signal }) };
    },
    fetchDocument: async ({ body, actor }) => {
      // As with every call that somebody has this process make to somebody else's server: what for is looked back at.
      await plane.store.audit.add([deedDraft({ action: "call", kind: "document", name: new URL(body.url).origin, changes: [] }, { ...actor, at: plane.now() })]);
      const loaded = await loadUrl(body.url, { anyAddress: false });
      if ("failure" in loaded) refuse("document-unreachable", loaded.failure, { fix: "Name a public address that answers with the document itself, or take the document as a file." });
      return { body: loaded };
    },
    diffServiceDocument: (request) => proposed(plane, placeOf(plane, request.path.name, undefined), request),
    diffVersionDocument: (request) => proposed(plane, placeOf(plane, request.path.name, request.path.version), request),
  };
}

function placeOf(plane: ControlPlane, service: string, version: string | undefined): DocumentPlace {
  const entity = plane.configuration.entities.get("service", service) ?? refuse("not-found", `there is no service ${service}`);
  const places = documentPlaces(service, entity.spec);
  return places.find((place) => place.version === version) ?? refuse("not-found", `the service ${service} has no version ${version}; there are: ${places.flatMap((place) => place.version ?? []).join(", ") || "none"}`);
}

function held(plane: ControlPlane, service: string, version: string | undefined): HeldEntity {
  const place = placeOf(plane, service, version);
  return plane.configuration.entities.get("document", documentName(service, place.version)) ?? refuse("not-found", `${version === undefined ? `the service ${service}` : `the version ${version} of ${service}`} has no OpenAPI document`);
}

function textOf(entity: HeldEntity): string {
  return (entity.spec as unknown as DocumentSpec).text;
}

/** Of documents of which both were found readable. */
function differenceIn({ isReadable, mistakes, difference }: Examination): Difference {
  if (!isReadable) refuseMistakes(mistakes);
  return difference ?? { changes: [], truncated: false };
}

function shown(entity: HeldEntity): OperationAnswer<string> {
  const text = textOf(entity);
  return { tag: entity.tag, stream: new Blob([text]).stream(), contentType: /^\s*\{/.test(text) ? "application/json" : "application/yaml; charset=utf-8" };
}

async function put(plane: ControlPlane, place: DocumentPlace, request: OperationRequest<"putServiceDocument"> | OperationRequest<"putVersionDocument">): Promise<OperationAnswer<never>> {
  const { service, version } = place;
  const name = documentName(service, version);
  if (!plane.database) refuse("read-only-configuration", `the configuration comes from ${plane.options.file}`, { fix: `Change the file that \`openapi\` names in ${plane.options.file}; that is taken over by itself.` });
  const text = request.body;
  const before = plane.configuration.entities.get("document", name);
  const found = await examined(plane.documentReader, { text, before: before === undefined ? null : { text: textOf(before) } });
  if (!found.isReadable) refuseMistakes(found.mistakes);
  const acknowledge: Acknowledged = request.query.force === "true" || place.acknowledge === "all" ? "all" : [...place.acknowledge, ...(request.query.acknowledge?.split(",") ?? []).map((id) => id.trim())];
  const breaking = place.isDraft ? [] : unacknowledged(found.difference, acknowledge);
  await plane.database.change(request.actor, (state) => {
    const current = state.inForce.get("document", name);
    expectTag(request.precondition, current ?? null, `the document of ${name}`);
    // Compared was with what was there before the comparison, which takes its time.
    if (current?.tag !== before?.tag) refuse("precondition-failed", `the document of ${name} has changed meanwhile`);
    if (breaking.length > 0) refuseBreaking(breaking);
    return current !== undefined && textOf(current) === text ? [] : [{ kind: "document", name, spec: { text } }];
  });
  return { ...publishedAnswer(plane, place, found), ...(before === undefined ? { status: 201 } : {}) };
}

function publishedAnswer(plane: ControlPlane, { service, version }: DocumentPlace, { operations, warnings, difference: changed }: Examination): OperationAnswer<never> {
  const { tag } = held(plane, service, version);
  const changes = (changed?.changes ?? []).map(({ uses: _uses, ...change }) => change);
  return { body: { service, version: version ?? null, etag: etagOf(tag), operations, warnings, changes } as never, tag };
}

async function proposed(plane: ControlPlane, { service, version }: DocumentPlace, { body, query, signal }: OperationRequest<"diffServiceDocument"> | OperationRequest<"diffVersionDocument">): Promise<OperationAnswer<DocumentDifference>> {
  const found = await examined(plane.documentReader, { text: body, before: { text: textOf(held(plane, service, version)) } });
  return { body: await difference(plane, differenceIn(found), { service, version, to: "proposed", days: query.days, signal }) };
}

interface About {
  service: string;
  /** Whose calls are asked about. */
  version: string | undefined;
  to: string;
  days: number;
  signal: AbortSignal;
}

async function difference(plane: ControlPlane, { changes, truncated }: Difference, { service, version, to, days, signal }: About): Promise<DocumentDifference> {
  const toMs = plane.now();
  const asked = { service, version, fromMs: toMs - days * dayMs, toMs, signal };
  const count = (severity: string): number => changes.filter((change) => change.severity === severity).length;
  return {
    service, from: version ?? "current", to, days, truncated,
    counts: { breaking: count("breaking"), unknown: count("unknown"), nonBreaking: count("non-breaking") },
    changes: await fromCallLog(() => withAffected(changes, asked, plane.callLog)),
  };
}
