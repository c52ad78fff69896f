/**
 * An upstream of known capacity, a process of its own: `<parallel> <serviceMs>` calls at a time, each for a time from three to
 * five quarters of it, so that they do not end in step; the others wait in its own queue, in their order, as behind a pool of threads.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const [parallel, serviceMs] = process.argv.slice(2).map(Number) as [number, number];
const waiting: (() => void)[] = [];
let working = 0;
let state = 1;

/** The same series in every run. */
function nextServiceMs(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return serviceMs * (0.75 + state / 2 ** 33);
}

function begin(): void {
  const work = working < parallel ? waiting.shift() : undefined;
  if (!work) return;
  working++;
  work();
}

const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
  waiting.push(() => setTimeout(() => {
    working--;
    response.writeHead(200, { "Content-Length": 2 }).end("ok");
    begin();
  }, nextServiceMs()));
  begin();
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
