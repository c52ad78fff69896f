/** How much the ledger holds, for the metrics page. */
import type { LedgerSize } from "../../ports/ledger.ts";
import type { LedgerContext } from "./context.ts";

export function measure(context: LedgerContext, serviceName: string | null, waiting: number): LedgerSize {
  const { database, services } = context;
  const service = serviceName === null ? null : (services.find(serviceName)?.id ?? -1);
  const count = (table: string, column: string, value: number | string | null): number =>
    (database.prepare(`SELECT count(*) AS n FROM ${table} WHERE ?1 IS NULL OR ${column} = ?1`).get(value) as { n: number }).n;
  const bases = database.prepare("SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes FROM base WHERE ?1 IS NULL OR service = ?1").get(service) as { n: number; bytes: number };
  const { pages } = database.prepare("SELECT page_count * page_size AS pages FROM pragma_page_count(), pragma_page_size()").get() as { pages: number };
  const resources = [...services.all()].filter((known) => service === null || known.id === service).reduce((sum, known) => sum + known.resources, 0);
  return {
    resources,
    representations: count("representation", "service", service),
    changes: count("change", "service", service),
    bases: bases.n,
    baseBytes: bases.bytes,
    leases: count("lease", "service", service),
    idempotencyRecords: count("idempotency", "service", service),
    unresolvedWrites: count("write", "service", service),
    conflicts: count("conflict", "service", serviceName),
    waiting,
    bytes: pages,
  };
}
