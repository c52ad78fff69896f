/** A key for an application that may or may not be there yet, as far as the page knows. Resolves to the secret. */
import { call } from "../../api/client.ts";
import { isProblem } from "../../api/problem-error.ts";

const mostTries = 20;

export async function makeFirstKey(consumer: string, isKnown: boolean): Promise<string> {
  try {
    if (!isKnown) await call("putConsumer", { path: { name: consumer }, body: { spec: {} }, ifMatch: null });
  } catch (error) {
    if (!isProblem(error, "exists") && !isProblem(error, "precondition-failed")) throw error;
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { secret } = await call("createKey", { path: { name: consumer }, body: { name: attempt === 1 ? "first" : `first-${attempt}` } });
      return secret;
    } catch (error) {
      if (!isProblem(error, "exists") || attempt === mostTries) throw error;
    }
  }
}
