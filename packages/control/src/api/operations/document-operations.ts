/** The operations of a service's document as calls that somebody can try. */
import { publicDocument, exampleCalls } from "@parley/openapi/reference";
import type { DocumentOperations } from "@parley/contract/api/documents";
import { service as serviceSchema, type Service } from "@parley/contract/config/service";
import { placingOf } from "@parley/contract/document-placing";
import { documentName } from "@parley/contract/snapshot";
import { documentIn } from "../../documents/publish-check.ts";
import { refuse } from "../../refusal.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

export function documentOperationHandlers(plane: ControlPlane): Pick<Handlers, "listServiceOperations"> {
  return { listServiceOperations: async ({ path, query }) => ({ body: operationsOf(plane, path.name, query) }) };
}

function operationsOf(plane: ControlPlane, name: string, { version: asked, operation }: { version?: string | undefined; operation?: string | undefined }): DocumentOperations {
  const entity = plane.configuration.entities.get("service", name) ?? refuse("not-found", `there is no service ${name}`);
  const service = (entity.resolved as Service | undefined) ?? serviceSchema.parse(entity.spec);
  const version = versionOf(name, service, asked);
  const document = documentIn(plane.configuration.entities.get("document", documentName(name, version)));
  const about = { service: name, version: version ?? null };
  if (document === null) return { ...about, documented: false, items: [], truncated: false };
  const { calls, truncated } = exampleCalls(publicDocument(document, placingOf(service, version)), operation);
  const accept = acceptOf(service, version);
  const items = calls.map(({ example, ...call }) => ({ ...call, example: { ...example, headers: [...accept, ...example.headers] } }));
  if (operation !== undefined && items.length === 0) refuse("not-found", `the document has no operation ${operation.slice(0, 200)}`);
  return { ...about, documented: true, items, truncated };
}

/** The one that is asked for, else the default, else the newest that is no draft; undefined for the service itself. */
function versionOf(name: string, { versions }: Service, asked: string | undefined): string | undefined {
  const known = Object.keys(versions?.list ?? {});
  const { default: usual, aliases = {} } = versions?.select ?? {};
  if (asked === undefined) return (usual === undefined ? undefined : (aliases[usual] ?? usual)) ?? (known.findLast((name) => versions?.list[name]?.status !== "draft") ?? known.at(-1));
  if (known.includes(asked)) return asked;
  refuse("not-found", `the service ${name} has no version ${asked.slice(0, 100)}; there are: ${known.join(", ") || "none"}`);
}

/** A document cannot say what Accept is to be (OpenAPI §4.8.12.1). */
function acceptOf({ versions }: Service, version: string | undefined): [string, string][] {
  if (versions === undefined || version === undefined || versions.select.by !== "media-type" || versions.select.default === version) return [];
  return [["Accept", `application/json; ${versions.select.name ?? "version"}=${version}`]];
}
