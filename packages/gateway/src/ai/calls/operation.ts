/** What is done at a target: how a provider is asked and its answer read, and what the gateway itself does instead. */
import type { ProviderDialect } from "../conversation/dialect.ts";
import type { ModelTarget } from "../models/model-target.ts";
import type { AiCall } from "./ai-call.ts";
import type { CallFailure } from "./call-failure.ts";
import type { AttemptPlan } from "./provider-attempt.ts";

export interface Operation {
  /** It has a model say something; without it only the input costs. */
  readonly generates?: boolean;
  /** Providers take nothing for it. */
  readonly isFree?: boolean;
  /** It is about what a provider keeps: what of it is for a model to read was judged before. */
  readonly isJudged?: boolean;
  /** Throws a `RefusalError` where the provider cannot do what the caller asks. */
  plan(call: AiCall, target: ModelTarget, dialect: ProviderDialect): AttemptPlan;
  /** Whether the gateway answers itself for providers of a dialect. */
  isInside?(dialect: ProviderDialect): boolean;
  /** Answers inside of the gateway: for the sandbox, and where `isInside` says so. */
  inside(call: AiCall, target: ModelTarget, settled: (failure: CallFailure | null) => CallFailure | null): CallFailure | null;
}
