/** How a call gets its answer: from the first of its targets that has one, or from what stands before them. */
import type { ModelTarget } from "../models/model-target.ts";
import type { AiCall } from "./ai-call.ts";
import type { Operation } from "./operation.ts";

export type Ask = (call: AiCall, targets: readonly ModelTarget[], operation: Operation) => Promise<void>;
