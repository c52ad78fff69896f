/** For tests: what is still in use of the heap, whatever garbage there was before. Only in a file that has its process to itself. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // The second one takes what the first one's finalizers let go.
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
