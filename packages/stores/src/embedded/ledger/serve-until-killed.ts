/** A process that does nothing but serve a ledger, for the tests that kill it: `node serve-until-killed.ts <database> <socket>`. */
import { startLedger } from "../ledger.ts";

const [databasePath, socketPath] = process.argv.slice(2);
if (databasePath === undefined || socketPath === undefined) throw new Error("a database and a socket are needed");
await startLedger({
  databasePath,
  socketPath,
  died: (error) => {
    throw error;
  },
});
process.stdout.write("ready\n");
