/**
 * The programs that tests start find their modules compiled, as those of `./parley up` do: each module is compiled once for all tests,
 * and not by every process of every Parley into a data directory of its own.
 */
import { resolve } from "node:path";

export function setup(): void {
  // `./parley test` has compiled them ahead, and says where.
  process.env["NODE_COMPILE_CACHE"] ||= resolve(import.meta.dirname, "../node_modules/.cache/parley");
}
