/** For the test of crashes: takes a spool in, two segments at a time, as the control plane does, and says a line before each; killed before it is through. */
import { readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { openEmbeddedCallLog } from "../call-log.ts";

const [, , path = "", spool = ""] = process.argv;
const log = await openEmbeddedCallLog({ path, onDamage: (message) => process.stderr.write(`${message}\n`) });
for (let names = readdirSync(spool).filter((name) => name.startsWith("1-")); names.length > 0; names = readdirSync(spool).filter((name) => name.startsWith("1-"))) {
  const segments = names.slice(0, 2).map((name) => ({ name, path: join(spool, name) }));
  process.stdout.write("taking in\n");
  await log.ingest(segments);
  for (const segment of segments) unlinkSync(segment.path);
}
await log.close();
