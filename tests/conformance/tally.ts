/** Counts what was compared, family by family, and prints the table at the end. */
export class Tally {
  readonly #rows = new Map<string, Map<string, { checked: number; equal: number }>>();

  checked(family: string, what: string, equal: boolean): void {
    const row = this.#rows.get(family) ?? new Map<string, { checked: number; equal: number }>();
    const cell = row.get(what) ?? { checked: 0, equal: 0 };
    cell.checked += 1;
    if (equal) cell.equal += 1;
    this.#rows.set(family, row.set(what, cell));
  }

  table(): string {
    const columns = [...new Set([...this.#rows.values()].flatMap((row) => [...row.keys()]))];
    const lines = [...this.#rows].map(([family, row]) => {
      const cells = columns.map((column) => row.get(column)).map((cell) => (cell === undefined ? "–" : `${cell.equal} of ${cell.checked}`));
      return [family, ...cells];
    });
    return [["family", ...columns], ...lines].map((line) => line.map((cell) => cell.padEnd(20)).join("")).join("\n");
  }
}
