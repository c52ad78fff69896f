/** For tests: asks again until the answer is as expected. Long enough for a busy machine; what is to be fast is measured besides. */
import { expect } from "vitest";

export function eventually<Value>(ask: () => Value): ReturnType<typeof expect.poll<Value>> {
  return expect.poll(ask, { timeout: 15_000, interval: 20 });
}
