/**
 * The seam between the gateway and its AI side: the gateway finds the mount, checks access and limits, and hands the call
 * to the endpoint that matches. `index.ts` beside this file exports `compileAi`, of the type `CompileAi`. It is called
 * once per snapshot that changes anything on the AI side, never per call. Everything about dialects and providers stays
 * behind this file, and nothing here knows about sockets.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { ModelState } from "@parley/contract/api/model-state";
import type { AiSettings, Model, Provider } from "@parley/contract/config/ai";
import type { Prompt } from "@parley/contract/config/prompt";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Handler } from "../pipeline/policy.ts";
import type { ObjectOwners } from "./models/object-owners.ts";
import type { CallPorts } from "./calls/call-ports.ts";
import type { SharedNotes } from "./models/shared-notes.ts";
import type { BudgetBook } from "./budgets/budget-book.ts";
import type { TurnPorts } from "./turns/conversation-turns.ts";

export interface AiInput {
  ai: AiSettings;
  /** By name; `apiKey` is opened already, and absent where there is none. */
  providers: ReadonlyMap<string, Provider>;
  models: ReadonlyMap<string, Model>;
  prompts?: ReadonlyMap<string, Prompt>;
}

export interface AiPorts extends CallPorts {
  /** Which provider keeps which object, and for whom; without it that is forgotten with each snapshot. */
  owners?: ObjectOwners;
  /** Budgets of tokens and money; without it none is counted. */
  budgets?: BudgetBook;
  /** What the workers tell one another of targets; without it each knows for itself. */
  notes?: SharedNotes;
  /** Orders the turns of stored conversations over all workers; without it the provider decides. */
  turns?: Omit<TurnPorts, "now" | "warn">;
}

export type CompileAi = (input: AiInput, ports: AiPorts) => AiEndpoints;

export interface AiEndpoints {
  /**
   * Which endpoint a call means; `path` is below the mount and starts with a slash, such as `/v1/chat/completions`,
   * without the query (which the handler finds in `exchange.target`). `allow` lists the methods that the path has when
   * it has not this one; null when there is no such endpoint. Called for every AI call, so it has to be cheap.
   */
  match(method: string, path: string): AiMatch | { allow: string[] } | null;
  /**
   * A refusal in the error shape of the dialect that callers of this path speak, also for paths that match nothing.
   * `headers` are the caller's: some paths are of several dialects, and only its own fields tell whose call it is.
   * `rawHeaders` holds the content type and what the dialect itself demands; the gateway adds the refusal's own header
   * fields and Parley-Call-Id. A 5xx leaks nothing beyond the refusal's detail.
   */
  refusalBody(call: { path: string; id: string; headers: IncomingHttpHeaders }, refusal: Refusal): AiRefusalBody;
  /** Providers, models and aliases as they are now, for people. */
  report(): ModelState;
  /** The snapshot is out of force and its last call has ended or will end by itself: stop background work. */
  close(): void;
}

export interface AiMatch {
  /** Names the endpoint in the call record's steps and in metrics, such as `chat-completions`. */
  operation: string;
  /** Answers the call: access and limits are settled, `exchange.caller` is set. May call `sink.fault(refusal)` like any handler. */
  handle: Handler;
}

export interface AiRefusalBody {
  status: number;
  rawHeaders: string[];
  body: Buffer;
}
