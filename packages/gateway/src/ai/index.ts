/**
 * The AI side of the gateway: one conversation model, a codec for each wire dialect, providers as data. From outside it is
 * this one function, compiled anew for every snapshot that changes it. Hides dialects, providers, models and their prices.
 * May import the contract, the exchange, the transport's seam and the policies' `Handler`, and nothing else of the gateway.
 */
import { compileAdmission } from "./admission/admission.ts";
import { askTargets } from "./calls/run-call.ts";
import { endpointTable } from "./endpoints/table.ts";
import { usualPath } from "./endpoints/vendor-paths.ts";
import type { EndpointParts } from "./endpoints/endpoint-parts.ts";
import { refusalBody } from "./endpoints/refusal-body.ts";
import type { AiEndpoints, AiInput, AiPorts } from "./endpoints-contract.ts";
import { ModelDirectory } from "./models/model-directory.ts";
import { UrlMedia } from "./media/url-media.ts";
import { promptMatcher } from "./prompts/published-prompts.ts";
import { ObjectOwners } from "./models/object-owners.ts";
import { ConversationTurns } from "./turns/conversation-turns.ts";
import { PriceBook } from "./record/cost.ts";

export function compileAi(input: AiInput, ports: AiPorts): AiEndpoints {
  const prices = new PriceBook(input.ai.prices);
  const directory = new ModelDirectory(input, ports, prices);
  const admission = compileAdmission(input, ports, { directory, prices, ask: askTargets });
  const { turns } = ports;
  const ordered = turns && input.ai.conversations.conflicts !== "pass" ? new ConversationTurns(input.ai.conversations, { ...turns, now: () => ports.now(), warn: (...line) => ports.warn(...line) }) : undefined;
  const parts: EndpointParts = {
    directory,
    prices,
    ports: { ...ports, media: new UrlMedia(input.ai.media) },
    ask: admission?.run ?? askTargets,
    ...(admission && { session: admission.session, judgesLater: admission.judgesLater }),
    turns: ordered,
  };
  const table = endpointTable(parts, ports.owners ?? new ObjectOwners(null), ports.budgets ?? null);
  const ofPrompt = promptMatcher(input.prompts ?? new Map(), parts, input.ai.path === "/" ? "" : input.ai.path);
  const match: AiEndpoints["match"] = (method, path) => (path.startsWith("/prompts") ? ofPrompt(method, path) : table(method, usualPath(path)));
  return { match, refusalBody, report: () => directory.report(), close: () => directory.close() };
}
