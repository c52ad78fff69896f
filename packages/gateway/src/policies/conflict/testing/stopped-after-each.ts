/** For tests: what a test starts is stopped when the test is over. */
import { afterEach } from "vitest";

export function stoppedAfterEach<Asked extends unknown[], Started extends { stop(): Promise<void> }>(start: (...asked: Asked) => Promise<Started>): (...asked: Asked) => Promise<Started> {
  const started: Started[] = [];
  afterEach(async () => {
    for (const one of started.splice(0)) await one.stop();
  });
  return async (...asked) => {
    const one = await start(...asked);
    started.push(one);
    return one;
  };
}
