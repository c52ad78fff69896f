import type { Config } from "@parley/contract/config/config";
import type { Finding } from "../diagnostics/finding.ts";
import { type DefinedNames, unknownReference } from "./check.ts";

export function alertFindings(config: Config, names: DefinedNames): Finding[] {
  return Object.entries(config.alerts).flatMap(([name, alert]) => {
    const path = ["alerts", name];
    const service = alert.when.service;
    const findings = alert.notify.flatMap((channel, index) =>
      names.channels.has(channel) ? [] : [unknownReference([...path, "notify", index], `there is no channel "${channel}"`, { name: channel, known: names.channels })],
    );
    if (service === undefined || service === "ai" || names.services.has(service)) return findings;
    return [...findings, unknownReference([...path, "when", "service"], `there is no service "${service}"`, { name: service, known: names.services })];
  });
}
