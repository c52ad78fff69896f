/** Runs every check that looks across entries. */
import type { Config } from "@parley/contract/config/config";
import { alertFindings } from "./checks/alerts.ts";
import type { Check, DefinedNames } from "./checks/check.ts";
import { consumerFindings } from "./checks/consumers.ts";
import { modelFindings } from "./checks/models.ts";
import { portFindings } from "./checks/ports.ts";
import { accessFindings, authorityFindings, serviceFindings } from "./checks/services.ts";
import type { Finding } from "./finding.ts";

const aiAccessFindings: Check = (config, names) => [...accessFindings(config.ai, ["ai"]), ...authorityFindings(config.ai, names, ["ai"])];

const checks: readonly Check[] = [portFindings, serviceFindings, aiAccessFindings, modelFindings, consumerFindings, alertFindings];

export function crossFindings(config: Config, names: DefinedNames): Finding[] {
  return checks.flatMap((check) => check(config, names));
}
