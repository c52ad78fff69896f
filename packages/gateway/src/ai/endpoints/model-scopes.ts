// Hot path: once for each AI call.
/** Keys that are for some models only. */
import { RefusalError } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { outsideOfModels } from "../../exchange/key-scopes.ts";

/** Throws a `RefusalError`. The name is empty where the call leaves it to the gateway. `alsoCalled` is another name of the same model, under which the key may be for it. */
export function expectModelInScopes({ caller }: Pick<Exchange, "caller">, model: string, alsoCalled?: string): void {
  const outside = outsideOfModels(caller, model);
  if (outside !== null && (alsoCalled === undefined || outsideOfModels(caller, alsoCalled) !== null)) throw new RefusalError(outside);
}
