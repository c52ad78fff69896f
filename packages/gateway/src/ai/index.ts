/**
 * The AI side of the gateway: one conversation model, a codec for each wire dialect, providers as data. From outside it is
 * this one function, compiled anew for every snapshot that changes it. Hides dialects, providers, models and their prices.
 * May import the contract, the exchange, the transport's seam and the policies' `Handler`, and nothing else of the gateway.
 */
import { compileAdmission } from "./admission/admission.ts";
import { askTargets } from "./calls/run-call.ts";
import { endpointTable } from "./endpoints/table.ts";
import { refusalBody } from "./endpoints/refusal-body.ts";
import type { AiEndpoints, AiInput, AiPorts } from "./endpoints-contract.ts";
import { ModelDirectory } from "./models/model-directory.ts";
import { ObjectOwners } from "./models/object-owners.ts";
import { ConversationTurns } from "./turns/conversation-turns.ts";
import { PriceBook } from "./record/cost.ts";

export function compileAi(input: AiInput, ports: AiPorts): AiEndpoints {
  const prices = new PriceBook(input.ai.prices);
  const directory = new ModelDirectory(input, ports, prices);
  const admission = compileAdmission(input, ports, askTargets);
  const own: AiPorts = admission ? { ...ports, admission } : ports;
  const { turns } = ports;
  const ordered = turns && input.ai.conversations.conflicts !== "pass" ? new ConversationTurns(input.ai.conversations, { ...turns, now: () => ports.now(), warn: (...line) => ports.warn(...line) }) : undefined;
  const match = endpointTable({ directory, prices, ports: own, turns: ordered }, ports.owners ?? new ObjectOwners(null));
  return { match, refusalBody, close: () => directory.close() };
}
