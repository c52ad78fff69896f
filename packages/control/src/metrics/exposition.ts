/**
 * Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0.0
 * (https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md), which has exemplars as well.
 */
import type { Exemplar, MetricFamily } from "@parley/contract/channel";

export function exposition(families: readonly MetricFamily[]): string {
  return families.map((family) => familyText(family, false)).join("");
}

function familyText(family: MetricFamily, withExemplars: boolean): string {
  const lines = [`# HELP ${family.name} ${escapeHelp(family.help)}`, `# TYPE ${family.name} ${family.type}`];
  for (const series of family.series) {
    if (family.type !== "histogram") {
      lines.push(sample(family.name, series.labels, series.value ?? 0));
      continue;
    }
    for (const [index, [bound, count]] of (series.buckets ?? []).entries()) {
      lines.push(sample(`${family.name}_bucket`, { ...series.labels, le: String(bound) }, count) + (withExemplars ? exemplarText(series.exemplars?.[index]) : ""));
    }
    lines.push(sample(`${family.name}_sum`, series.labels, series.sum ?? 0), sample(`${family.name}_count`, series.labels, series.count ?? 0));
  }
  return `${lines.join("\n")}\n`;
}

/** A counter's family is named without the `_total` of its samples. */
export function openMetrics(families: readonly MetricFamily[]): string {
  return `${families.map(openMetricsFamily).join("")}# EOF\n`;
}

function openMetricsFamily(family: MetricFamily): string {
  const isCounter = family.type === "counter" && family.name.endsWith("_total");
  const name = isCounter ? family.name.slice(0, -"_total".length) : family.name;
  const type = family.type === "counter" && !isCounter ? "unknown" : family.type;
  const [, , ...samples] = familyText(family, true).trimEnd().split("\n");
  return `${[`# HELP ${name} ${escapeLabel(family.help)}`, `# TYPE ${name} ${type}`, ...samples].join("\n")}\n`;
}

/** As a trace is found by: https://www.w3.org/TR/trace-context/ */
function exemplarText(exemplar: Exemplar | null | undefined): string {
  return exemplar ? ` # {trace_id="${escapeLabel(exemplar.traceId)}"} ${number(exemplar.value)} ${(exemplar.at / 1000).toFixed(3)}` : "";
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
