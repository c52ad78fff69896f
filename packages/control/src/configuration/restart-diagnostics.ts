/** Which settings of a changed file wait for a restart: those that were read once, when the processes began. */
import type { Diagnostic } from "@parley/contract/api/system";
import type { Config } from "@parley/contract/config/config";

const readOnce: { pointer: string; of: (config: Config) => unknown }[] = [
  { pointer: "/gateway/host", of: (config) => config.gateway.host },
  { pointer: "/gateway/port", of: (config) => config.gateway.port },
  { pointer: "/gateway/workers", of: (config) => config.gateway.workers },
  { pointer: "/gateway/tls", of: (config) => config.gateway.tls },
  { pointer: "/admin", of: (config) => config.admin },
  { pointer: "/data", of: (config) => config.data },
  { pointer: "/stores", of: (config) => config.stores },
];

export function restartDiagnostics(atStart: Config, now: Config, file: string): Diagnostic[] {
  return readOnce
    .filter(({ of }) => JSON.stringify(of(atStart)) !== JSON.stringify(of(now)))
    .map(({ pointer }) => ({
      code: "config-needs-restart", severity: "warning", pointer, file,
      message: `${pointer.slice(1).replaceAll("/", ".")} was changed and takes effect after a restart`,
    }));
}
