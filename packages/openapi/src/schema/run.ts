/** Hot path. One validation on its way: where it is, what it found, and how much more it may look at. */
import { formatPointer, type Json } from "@parley/merge";

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
/** At one place of the value: beyond that a schema is a part of itself. */
const maxSchemasOfPlace = 150;
/** Two for each value that a body of 1 MiB can have; a tenth of a second. */
const maxSteps = 1_000_000;

export class Run {
  readonly violations: Violation[] = [];
  /** On a value that is larger or deeper than is looked at, or on a schema that is a part of itself; what was found before is true, and nothing is said after it. */
  gaveUpOn: "value" | "schema" | null = null;
  readonly #path: (string | number)[] = [];
  readonly #maxViolations: number;
  #steps = 0;
  #schemas = 0;
  /** How many schemas there were when this place was entered, and those before it. */
  readonly #entered: number[] = [];
  #quiet = 0;
  /** Of alternatives: schemas that refer to each other would look at the same value again for each way to it. */
  readonly #verdicts = new Map<object, Map<object, boolean>>();

  constructor(maxViolations: number) {
    this.#maxViolations = maxViolations;
  }

  get gaveUp(): boolean {
    return this.gaveUpOn !== null;
  }

  giveUp(on: "value" | "schema"): void {
    this.gaveUpOn ??= on;
  }

  /** False once there is no more to be looked at. */
  step(): boolean {
    if (++this.#steps > maxSteps || this.#path.length > maxDepth) this.giveUp("value");
    return !this.gaveUp;
  }

  /** Into a schema, which may be a part of itself; `ascend` follows where this is true. */
  descend(): boolean {
    if (this.#schemas - (this.#entered.at(-1) ?? 0) >= maxSchemasOfPlace) this.giveUp("schema");
    else if (this.#schemas >= maxSchemas) this.giveUp("value");
    if (!this.step()) return false;
    this.#schemas++;
    return true;
  }

  ascend(): void {
    this.#schemas--;
  }

  get isFull(): boolean {
    return this.violations.length >= this.#maxViolations;
  }

  /** Whether what comes next changes nothing any more. */
  isSettled(holds: boolean): boolean {
    return this.isFull || this.gaveUp || (!holds && this.#quiet > 0);
  }

  /** As `check` says; where only the verdict counts, it is asked once for each value. */
  verdict(check: (value: Json, run: Run) => boolean, value: Json): boolean {
    if (this.#quiet === 0 || typeof value !== "object" || value === null) return check(value, this);
    let verdicts = this.#verdicts.get(check);
    if (verdicts === undefined) this.#verdicts.set(check, (verdicts = new Map<object, boolean>()));
    let verdict = verdicts.get(value);
    if (verdict === undefined) verdicts.set(value, (verdict = check(value, this)));
    return verdict;
  }

  enter(token: string | number): void {
    this.#path.push(token);
    this.#entered.push(this.#schemas);
  }

  leave(): void {
    this.#path.pop();
    this.#entered.pop();
  }

  fail(message: string, schema: string): false {
    if (this.#quiet === 0 && !this.gaveUp && !this.isFull) this.violations.push({ pointer: formatPointer(this.#path), message, schema });
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
