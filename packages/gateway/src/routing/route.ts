/** Where a call goes: what the matcher finds and the listener runs. Made when a snapshot is compiled, or at the first call; never changed after it. */
import type { RefusalShape } from "../exchange/refusal-shape.ts";
import type { Handler } from "../pipeline/policy.ts";

export interface Route {
  /** The service's name; `ai` for the AI endpoints. */
  readonly service: string;
  readonly kind: "http" | "ai";
  /** The whole pipeline. */
  readonly handler: Handler;
  readonly shape: RefusalShape;
  /** Ends what works for the route beside its calls. Calls under way go on. */
  close?(): void;
}
