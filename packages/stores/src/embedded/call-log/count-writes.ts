/** How many changes a service's upstream carried out, and how many of them said which state they were about. */
import type { WriteCount } from "../../ports/call-log.ts";
import type { Engine } from "./engine.ts";

export async function countWrites(engine: Engine, { service, from, to }: { service: string; from: number; to: number }): Promise<WriteCount[]> {
  const rows = await engine.read(
    `select method, status, coalesce(conditional, false) as conditional, count(*) as calls from calls
     where service = $1 and "at" >= $2::DOUBLE and "at" < $3::DOUBLE and method in ('PUT', 'PATCH', 'DELETE') and status between 200 and 299
     group by all order by all`,
    [service, from, to],
  );
  return rows.map((row) => ({ method: String(row["method"]), status: Number(row["status"]), conditional: row["conditional"] === true, calls: Number(row["calls"]) }));
}
