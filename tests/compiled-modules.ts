/**
 * The programs that tests start are those of `./parley up`: bundled and compiled ahead, as `./parley test` left them, and not the sources,
 * which every process of every Parley would load module by module.
 */
import { findProgram } from "./harness/parley-program.ts";

export function setup(): void {
  const { module, compiled } = findProgram();
  process.env["PARLEY_TESTED_PROGRAM"] = module;
  process.env["NODE_COMPILE_CACHE"] ||= compiled;
}
