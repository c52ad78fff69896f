/** Of how many cases of a field, for a pair of dialects, how many came through; and what of a baseline got worse. */
export type Cells = Record<string, Record<string, [came: number, compared: number]>>;

/** A refusal that names what cannot be said is loud, and no loss: it has a column of its own, which should not grow. */
export const refusedByName = "refused by name";

export class Counts {
  readonly cells: Cells = {};
  /** How often each parameter was refused, by its name. */
  readonly refusals = new Map<string, number>();

  add(pair: string, field: string, came: boolean): void {
    const cell = ((this.cells[pair] ??= {})[field] ??= [0, 0]);
    if (came) cell[0] += 1;
    cell[1] += 1;
  }

  refuse(pair: string, parameter: string): void {
    this.add(pair, refusedByName, true);
    this.refusals.set(parameter, (this.refusals.get(parameter) ?? 0) + 1);
  }

  table(): string {
    return Object.entries(this.cells)
      .map(([pair, fields]) => `${pair}\n  ${Object.entries(fields).map(([field, [came, compared]]) => (field === refusedByName ? `${field} ${came}` : `${field} ${came}/${compared}`)).join(", ")}`)
      .join("\n");
  }

  /** In all: of requests (`>`) or of answers (`<`). */
  total(direction: "<" | ">"): string {
    const cells = Object.entries(this.cells).flatMap(([pair, fields]) => (pair.includes(` ${direction} `) ? Object.entries(fields).flatMap(([field, cell]) => (field === refusedByName ? [] : [cell])) : []));
    return `${cells.reduce((sum, [came]) => sum + came, 0)} of ${cells.reduce((sum, [, compared]) => sum + compared, 0)}`;
  }
}

/** A line for every cell of which less comes through than before. Where other cases are compared, it is worse where both more is lost and less came. */
export function worse(before: Cells, now: Cells): string[] {
  return Object.entries(before).flatMap(([pair, fields]) =>
    Object.entries(fields).flatMap(([field, [came, compared]]) => {
      const [cameNow, comparedNow] = now[pair]?.[field] ?? [0, 0];
      const isWorse = field === refusedByName ? cameNow > came : comparedNow === 0 || (cameNow < came && comparedNow - cameNow > compared - came);
      return isWorse ? [`${pair}, ${field}: ${cameNow} of ${comparedNow}, before ${came} of ${compared}`] : [];
    }),
  );
}
