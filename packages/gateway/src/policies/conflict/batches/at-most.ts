/** A handler that carries so many calls at once, and has the others wait in the order in which they came. */
import type { Handler } from "../../../pipeline/policy.ts";

export function atMost(count: number, next: Handler): Handler {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (exchange, sink) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await next(exchange, sink);
    } finally {
      const first = waiting.shift();
      if (first === undefined) free += 1;
      else first();
    }
  };
}
