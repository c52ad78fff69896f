/** Runs every check that looks across entries. */
import type { Config } from "@parley/contract/config/config";
import { alertFindings } from "./alerts.ts";
import type { Check, DefinedNames } from "./check.ts";
import { consumerFindings } from "./consumers.ts";
import { modelFindings } from "./models.ts";
import { portFindings } from "./ports.ts";
import { accessFindings, authorityFindings, serviceFindings } from "./services.ts";
import type { Finding } from "../diagnostics/finding.ts";

const aiAccessFindings: Check = (config, names) => [...accessFindings(config.ai, ["ai"]), ...authorityFindings(config.ai, names, ["ai"])];

const checks: readonly Check[] = [portFindings, serviceFindings, aiAccessFindings, modelFindings, consumerFindings, alertFindings];

export function crossFindings(config: Config, names: DefinedNames): Finding[] {
  return checks.flatMap((check) => check(config, names));
}
