/** Chance that is the same every time. */
export type Chance = () => number;

/** Numbers from 0 to below 1 (a linear congruential generator with the constants of Numerical Recipes). */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function pick<Value>(values: readonly [Value, ...Value[]] | readonly Value[], draw: Chance): Value {
  return values[Math.floor(draw() * values.length)] as Value;
}

export function callIdOf(at: number, draw: Chance): string {
  const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(draw() * 16).toString(16)).join("");
  return `${Math.floor(at).toString(16).padStart(12, "0")}${digits(20)}`;
}
