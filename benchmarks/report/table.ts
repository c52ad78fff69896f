/** Markdown tables, and numbers as people read them. */
import { type Summary, summary } from "../measure/statistics.ts";

export function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [`## ${title}`, "", line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** `61.2 (58.9–66.0)`. */
export function spread(values: readonly number[], digits: number): string {
  const { median, lowest, highest }: Summary = summary(values);
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)}–${highest.toFixed(digits)})`;
}

export function median(values: readonly number[], digits: number): string {
  return summary(values).median.toFixed(digits);
}
