/** How much the ledger holds. */
import type { MetricFamily } from "@parley/contract/channel";
import type { Ledger, LedgerSize } from "@parley/stores/ports/ledger";

/** Nothing where the ledger does not answer, apart from the word that it does not. */
export async function ledgerFamilies(ledger: Pick<Ledger, "size">): Promise<MetricFamily[]> {
  const size = await ledger.size({ service: null }).catch(() => null);
  const up: MetricFamily = { name: "parley_ledger_up", help: "1 where the ledger answers.", type: "gauge", series: [{ labels: {}, value: size === null ? 0 : 1 }] };
  return size === null ? [up] : [up, entries(size), { name: "parley_ledger_bytes", help: "Size of the ledger's file.", type: "gauge", series: [{ labels: {}, value: size.bytes }] }];
}

function entries({ bytes: _bytes, baseBytes: _baseBytes, ...counts }: LedgerSize): MetricFamily {
  const series = Object.entries(counts).map(([kind, value]) => ({ labels: { kind: kind.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) }, value }));
  return { name: "parley_ledger_entries", help: "What the ledger holds, by kind.", type: "gauge", series };
}
