/** A key for an application that may or may not be there yet. Resolves to the secret. */
import { call } from "../../api/client.ts";
import { isProblem } from "../../api/problem-error.ts";

const mostTries = 20;

export async function makeFirstKey(consumer: string): Promise<string> {
  try {
    await call("putConsumer", { path: { name: consumer }, body: { spec: {} }, ifMatch: null });
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
