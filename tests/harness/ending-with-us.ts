/** A program that the kernel ends when the test that started it is gone, however that came about. Where util-linux is missing, it is ended by its test alone. */
import { existsSync } from "node:fs";

const setpriv = "/usr/bin/setpriv";

export function endingWithUs(program: string, args: readonly string[]): [program: string, args: string[]] {
  return existsSync(setpriv) ? [setpriv, ["--pdeathsig", "TERM", program, ...args]] : [program, [...args]];
}
