/** Parley itself: its state, its audit log, and the providers that it knows. */
import { lacksKey, providerCatalogue } from "@parley/contract/ai/provider-catalogue";
import type { Status } from "@parley/contract/api/system";
import { secretPointers } from "@parley/contract/secrets";
import { isNearlyFull } from "@parley/contract/disk-space";
import { lossesOf } from "../../metrics/losses.ts";
import { spoolLosses } from "../../metrics/process-families.ts";
import { bodiesTrouble, ledgerCheck } from "../checks.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

/** Pages ask for the status; a worker that is busier than that is left out. */
const lossesWithinMs = 250;

export function systemHandlers(plane: ControlPlane): Pick<Handlers, "listAudit" | "getStatus" | "listKnownProviders"> {
  return {
    getStatus: async ({ origin }) => ({ body: await statusOf(plane, origin) }),
    listAudit: async ({ query }) => {
      const before = query.after === undefined ? null : Number(query.after);
      const items = await plane.store.audit.find({ limit: query.limit + 1, before, kind: query.kind, name: query.name, actor: query.actor });
      const page = items.slice(0, query.limit);
      return { body: { items: page, next: items.length > page.length ? String(page.at(-1)?.id) : null } };
    },
    listKnownProviders: async () => ({
      body: {
        items: providerCatalogue.map((entry) => ({
          name: entry.kind, title: entry.title, keyVariable: entry.keyVariables[0] ?? null, baseUrl: entry.baseUrl,
          needsBaseUrl: entry.baseUrl === null && entry.dialect !== null, models: [...entry.models],
          settings: (entry.settings ?? []).map(({ name, title, required, usual, variables }) => ({
            name, title, required: required ?? false, secret: (secretPointers.provider as readonly string[]).includes(`/${name}`), usual: usual ?? null, variable: variables[0] ?? null,
          })),
          supports: [...(entry.supports ?? [])], needsKey: lacksKey(entry, {}),
        })),
      },
    }),
  };
}

async function statusOf(plane: ControlPlane, origin: string): Promise<Status> {
  const { options, configuration, callLog } = plane;
  const configStoreTrouble = await plane.store.check().then(() => null, (error: Error) => error.message);
  const size = await callLog.size().catch(() => null);
  const [disk, ledger, lost] = await Promise.all([plane.diskSpace(), ledgerCheck(plane), lostBy(plane)]);
  return {
    version: plane.version,
    mode: configuration.mode,
    ...(options.file === null ? {} : { file: options.file }),
    startedAt: new Date(plane.startedAt).toISOString(),
    gatewayUrl: options.gatewayUrl,
    gatewayPublicUrl: plane.environment["PARLEY_GATEWAY_PUBLIC_URL"]?.replace(/\/+$/, "") || options.gatewayUrl,
    adminUrl: origin,
    snapshotVersion: plane.publisher.version,
    gateways: plane.channel.gateways().map((gateway) => ({
      worker: gateway.worker, pid: gateway.pid, snapshotVersion: gateway.snapshotVersion,
      connectedAt: new Date(gateway.connectedAt).toISOString(), startedAt: new Date(gateway.startedAt).toISOString(),
    })),
    stores: [
      store("configuration", plane.store.engine, configStoreTrouble),
      store("ledger", plane.ledgerEngine, ledger.detail ?? null),
      store("call log", callLog.engine, callLog.trouble ?? (size ? null : "it does not answer")),
      store("bodies", "SQLite", bodiesTrouble(plane)),
    ],
    disk: disk && { ...disk, nearlyFull: isNearlyFull(disk) },
    callLog: size && { ...size, spoolBytes: await plane.ingestor.spoolBytes() },
    lost,
    configuration: configuration.diagnostics(),
  };
}

async function lostBy({ channel, ingestor, now }: ControlPlane): Promise<Status["lost"]> {
  const gateways = await channel.metrics(lossesWithinMs, "losses");
  return lossesOf([...gateways.flat(), ...spoolLosses({ segmentsSetAside: ingestor.setAside, linesSkipped: ingestor.linesSkipped })], now());
}

function store(name: string, engine: string, trouble: string | null): Status["stores"][number] {
  return trouble === null ? { name, engine, ok: true } : { name, engine, ok: false, detail: trouble };
}
