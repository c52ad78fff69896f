/** How alerts stand, for who watches from outside: as many series as there are alerts. */
import type { AlertState } from "@parley/contract/api/alerts";
import type { MetricFamily } from "@parley/contract/channel";

export function alertFamilies(states: readonly AlertState[]): MetricFamily[] {
  const series = states.map(({ alert, severity, state }) => ({ labels: { alert, severity }, value: state === "firing" ? 1 : 0 }));
  return series.length === 0 ? [] : [{ name: "parley_alert_firing", help: "1 while the alert fires.", type: "gauge", series }];
}
