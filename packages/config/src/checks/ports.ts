import type { Config } from "@parley/contract/config/config";
import type { Finding } from "../diagnostics/finding.ts";
import { collision } from "./check.ts";

const everywhere = new Set(["0.0.0.0", "::"]);

/** Port 0 takes any free port, so two of them never collide. */
export function portFindings(config: Config): Finding[] {
  const { gateway, admin } = config;
  const sameHost = gateway.host === admin.host || everywhere.has(gateway.host) || everywhere.has(admin.host);
  if (gateway.port === 0 || gateway.port !== admin.port || !sameHost) return [];
  return [{ ...collision(["admin", "port"], `the admin API cannot have port ${admin.port}`, ["gateway", "port"]), suggestion: "give one of the two another port" }];
}
