/** Hot path. One validation on its way: where it is, what it found, and how much more it may look at. */
import { formatPointer } from "@parley/merge";

export interface Violation {
  /** A JSON pointer into the value. */
  pointer: string;
  message: string;
  /** Where the schema says so, such as `#/components/schemas/Note/properties/title/maxLength`. */
  schema: string;
}

const maxDepth = 100;
/** Schemas within schemas, for each of which the stack has to suffice. */
const maxSchemas = 600;
const maxSteps = 200_000;

export class Run {
  readonly violations: Violation[] = [];
  /** True where the value was too large to be looked at to its end: nothing more is said of it. */
  gaveUp = false;
  readonly #path: (string | number)[] = [];
  readonly #maxViolations: number;
  #steps = 0;
  #schemas = 0;
  #quiet = 0;

  constructor(maxViolations: number) {
    this.#maxViolations = maxViolations;
  }

  /** False once there is no more to be looked at. */
  step(): boolean {
    if (++this.#steps <= maxSteps && this.#path.length <= maxDepth) return true;
    this.gaveUp = true;
    return false;
  }

  /** Into a schema, which may be a part of itself; `ascend` follows where this is true. */
  descend(): boolean {
    if (this.#schemas >= maxSchemas) this.gaveUp = true;
    else if (this.step()) return ++this.#schemas > 0;
    return false;
  }

  ascend(): void {
    this.#schemas--;
  }

  get isFull(): boolean {
    return this.violations.length >= this.#maxViolations;
  }

  enter(token: string | number): void {
    this.#path.push(token);
  }

  leave(): void {
    this.#path.pop();
  }

  fail(message: string, schema: string): false {
    if (this.#quiet === 0 && !this.isFull) this.violations.push({ pointer: formatPointer(this.#path), message, schema });
    return false;
  }

  /** Whether it holds, without a word about why not. */
  tries(check: () => boolean): boolean {
    this.#quiet++;
    const holds = check();
    this.#quiet--;
    return holds;
  }
}
