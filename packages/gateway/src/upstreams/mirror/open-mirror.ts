/** A service's mirror, put together when the snapshot is compiled: where copies go, how many, and what they are counted into. */
import { parsePointer } from "@parley/merge";
import type { Mirror } from "@parley/contract/config/mirror";
import type { Service } from "@parley/contract/config/service";
import { upstream as upstreamSchema, type Upstream } from "@parley/contract/config/upstream";
import type { Handler } from "../../pipeline/policy.ts";
import { forwardTo } from "../forward.ts";
import { openUpstream, type ForwardPorts } from "../forward-plan.ts";
import type { RequestRewrite } from "../rewrite.ts";
import { Copies } from "./copies.ts";
import { mirrored } from "./mirrored.ts";

export interface MirrorPlace {
  name: string;
  service: Service;
  ports: ForwardPorts;
  rewrite: RequestRewrite | null;
  /** What carries the calls. */
  next: Handler;
}

export function openMirror(settings: Mirror, { name, service, ports, rewrite, next }: MirrorPlace): { handler: Handler; close(): void } {
  const upstream = mirrorUpstream(settings, service);
  const opened = openUpstream(name, upstream, { ports: { ...ports, ...unseen }, path: service.path, takenOff: 0, rewrite });
  const tally = ports.mirrors.open(name, [settings, upstream.targets]);
  const list = Object.entries(service.versions?.list ?? {});
  const copies = new Copies(
    {
      send: forwardTo(name, opened.plan, { ...ports, ...unseen }),
      timeoutMs: settings.timeout,
      concurrent: settings.concurrent,
      queue: settings.queue,
      maxBytes: settings.maxBody,
      ignored: settings.compare.ignore.map((place) => parsePointer(place) ?? []),
      headers: settings.compare.headers.map((header) => header.toLowerCase()),
      request: {
        separate: new Set(list.flatMap(([version, own]) => (own.upstream ? [version] : []))),
        names: settings.version === undefined || !service.versions ? null : { select: service.versions.select, version: settings.version },
      },
    },
    tally,
  );
  return {
    handler: mirrored(next, { settings, copies, random: ports.random }),
    close() {
      copies.close();
      opened.close();
    },
  };
}

/** What becomes of copies is told by the mirror's own figures, and is not how the service is. */
const unseen: Pick<ForwardPorts, "watch" | "shed" | "targetChanged" | "tried"> = { watch: () => () => {}, shed: () => {}, targetChanged: () => {}, tried: () => {} };

/** The version's own, or the service's with another address; each copy is sent once, and nothing is learned about the service. */
function mirrorUpstream({ version, target, timeout }: Mirror, { upstream, versions }: Service): Upstream {
  const own = version === undefined ? undefined : versions?.list[version]?.upstream;
  const { health: _health, concurrency: _concurrency, hedge: _hedge, ...settings } = own ?? upstream ?? upstreamSchema.parse({ targets: [{ url: target }] });
  const once: Upstream["retry"] = { attempts: 1, on: [], budget: 0 };
  const timeouts = { ...settings.timeouts, connect: Math.min(settings.timeouts.connect, timeout) };
  return { ...settings, targets: target === undefined ? settings.targets : [{ url: target, weight: 1, tier: 0 }], retry: once, timeouts };
}
