/** What the workers of one gateway share, opened for one of them; with one worker it keeps all by itself. */
import { dataDirectory } from "@parley/contract/data-directory";
import type { GatewayProcessOptions } from "@parley/contract/processes";
import { openCounters as openOwnCounters } from "@parley/stores/embedded/counters";
import { connectCounters } from "@parley/stores/embedded/counters-client";
import type { Counters } from "@parley/stores/ports/counters";
import type { Logger } from "pino";
import { CachePeers } from "../policies/cache/peers/cache-peers.ts";
import { SharedObservations } from "../policies/conflict/watch/peers/shared-observations.ts";

export function openCounters(options: GatewayProcessOptions, log: Logger): Counters {
  if (options.countersSocket === null) return openOwnCounters({ path: dataDirectory(options.data).quotaJournal, warn: (message) => log.warn(message) });
  return connectCounters(options.countersSocket, { whenUnreachable: "admit", warn: (message) => log.warn(message) });
}

export function openShared({ worker, workers = 1, data }: GatewayProcessOptions, log: Logger): SharedObservations | null {
  if (workers === 1) return null;
  return new SharedObservations({ worker, workers, socketOf: dataDirectory(data).observationsSocket, warn: (message) => log.warn(message) });
}

export function openCachePeers({ worker, workers = 1, data }: GatewayProcessOptions, log: Logger): CachePeers | null {
  if (workers === 1) return null;
  return new CachePeers({ worker, workers, socketOf: dataDirectory(data).cacheSocket, warn: (message) => log.warn(message) });
}
