/** OpenAPI documents of services and versions: given, read back, compared, and held against the calls that were made. */
import { compareDocuments, type ApiDocument, type Difference } from "@parley/openapi";
import { readDocument, type DocumentReading } from "@parley/openapi/reading";
import type { DocumentDifference } from "@parley/contract/api/documents";
import { documentName } from "@parley/contract/snapshot";
import type { Json } from "@parley/stores/ports/config-store";
import type { DocumentSpec, HeldEntity } from "../../configuration/entity.ts";
import { loadUrl } from "../../documents/load-document.ts";
import { documentIn, documentPlaces, unacknowledged, type Acknowledged, type DocumentPlace } from "../../documents/publish-check.ts";
import { refuseBreaking, refuseMistakes } from "../../documents/refusals.ts";
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
      const [before, after] = [query.from, query.to].map((version) => parsed(held(plane, path.name, placeOf(plane, path.name, version).version))) as [ApiDocument, ApiDocument];
      return { body: await difference(plane, compareDocuments(before, after), { service: path.name, version: query.from, to: query.to, days: query.days, signal }) };
    },
    fetchDocument: async ({ body }) => {
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

function parsed(entity: HeldEntity): ApiDocument {
  return documentIn(entity) ?? refuse("not-found", `the document of ${entity.name} cannot be read`);
}

function shown(entity: HeldEntity): OperationAnswer<string> {
  const { text } = entity.spec as unknown as DocumentSpec;
  return { tag: entity.tag, stream: new Blob([text]).stream(), contentType: /^\s*\{/.test(text) ? "application/json" : "application/yaml; charset=utf-8" };
}

async function put(plane: ControlPlane, place: DocumentPlace, request: OperationRequest<"putServiceDocument"> | OperationRequest<"putVersionDocument">): Promise<OperationAnswer<never>> {
  const { service, version } = place;
  const name = documentName(service, version);
  if (!plane.database) refuse("read-only-configuration", `the configuration comes from ${plane.options.file}`, { fix: `Change the file that \`openapi\` names in ${plane.options.file}; that is taken over by itself.` });
  const text = request.body;
  const reading = readDocument(text);
  const { document } = reading;
  if (document === null) refuseMistakes(reading.mistakes);
  const acknowledge: Acknowledged = request.query.force === "true" || place.acknowledge === "all" ? "all" : [...place.acknowledge, ...(request.query.acknowledge?.split(",") ?? []).map((id) => id.trim())];
  let [created, changed]: [boolean, Difference | null] = [false, null];
  await plane.database.change(request.actor, (state) => {
    const current = state.inForce.get("document", name);
    created = current === undefined;
    expectTag(request.precondition, current ?? null, `the document of ${name}`);
    const before = documentIn(current);
    changed = before && compareDocuments(before, document);
    const breaking = changed === null || place.isDraft ? [] : unacknowledged(changed, acknowledge);
    if (breaking.length > 0) refuseBreaking(breaking);
    return (current?.spec as DocumentSpec | undefined)?.text === text ? [] : [{ kind: "document", name, spec: { text } }];
  });
  return { ...publishedAnswer(plane, { place, reading, changed }), ...(created ? { status: 201 } : {}) };
}

function publishedAnswer(plane: ControlPlane, { place, reading, changed }: { place: DocumentPlace; reading: DocumentReading; changed: Difference | null }): OperationAnswer<never> {
  const { service, version } = place;
  const { tag } = held(plane, service, version);
  const operations = reading.document === null ? 0 : operationsIn(reading.document);
  const changes = (changed?.changes ?? []).map(({ uses: _uses, ...change }) => change);
  return { body: { service, version: version ?? null, etag: etagOf(tag), operations, warnings: reading.warnings, changes } as never, tag };
}

function operationsIn(document: ApiDocument): number {
  const paths = Object.values((document.root["paths"] ?? {}) as Record<string, Record<string, Json> | null>);
  return paths.reduce((count, item) => count + Object.keys(item ?? {}).filter((name) => ["get", "put", "post", "delete", "options", "head", "patch", "trace"].includes(name)).length, 0);
}

async function proposed(plane: ControlPlane, { service, version }: DocumentPlace, { body, query, signal }: OperationRequest<"diffServiceDocument"> | OperationRequest<"diffVersionDocument">): Promise<OperationAnswer<DocumentDifference>> {
  const reading = readDocument(body);
  if (reading.document === null) refuseMistakes(reading.mistakes);
  const before = parsed(held(plane, service, version));
  return { body: await difference(plane, compareDocuments(before, reading.document), { service, version, to: "proposed", days: query.days, signal }) };
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
