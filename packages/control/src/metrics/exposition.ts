/** Prometheus' text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { MetricFamily } from "@parley/contract/channel";

export function exposition(families: readonly MetricFamily[]): string {
  return families.map(familyText).join("");
}

function familyText(family: MetricFamily): string {
  const lines = [`# HELP ${family.name} ${escapeHelp(family.help)}`, `# TYPE ${family.name} ${family.type}`];
  for (const series of family.series) {
    if (family.type !== "histogram") {
      lines.push(sample(family.name, series.labels, series.value ?? 0));
      continue;
    }
    for (const [bound, count] of series.buckets ?? []) lines.push(sample(`${family.name}_bucket`, { ...series.labels, le: String(bound) }, count));
    lines.push(sample(`${family.name}_sum`, series.labels, series.sum ?? 0), sample(`${family.name}_count`, series.labels, series.count ?? 0));
  }
  return `${lines.join("\n")}\n`;
}

function sample(name: string, labels: Record<string, string>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${number(value)}`;
}

function number(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", String.raw`\n`);
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', String.raw`\"`);
}
