/** What can be wrong with the Parley that runs. */
import { request } from "node:https";
import { catalogueEntry, lacksKey } from "@parley/contract/ai/provider-catalogue";
import type { Status } from "@parley/contract/api/system";
import { type AdminCall, callAdmin, fetchFrom } from "../api/admin-api.ts";
import type { Connection } from "../api/connection.ts";
import { type Check, type DoctorContext, type Finding, failed, ok, skipped } from "./check.ts";

const timeoutMs = 5_000;
/** A gateway may be this many configurations behind for the moment that a change takes. */
const tolerableLag = 1;

export const runningChecks: readonly Check[] = [
  { name: "control plane", run: controlPlane },
  { name: "admin access", run: ifRunning(access) },
  { name: "gateway", run: ifRunning(gateway) },
  { name: "gateways up to date", run: ifRunning(upToDate) },
  { name: "stores", run: ifRunning(stores) },
  { name: "records", run: ifRunning(records) },
  { name: "configuration in force", run: ifRunning(inForce) },
  { name: "providers", run: ifRunning(providers) },
];

function ifRunning(run: (connection: Connection) => Promise<Finding>): Check["run"] {
  return async ({ connection }) => (connection && (await answers(connection)) ? run(connection) : skipped("Parley does not run"));
}

async function answers(connection: Connection): Promise<boolean> {
  return (await adminStatus(connection, "/healthz")) !== null;
}

function adminStatus(connection: Connection, path: string): Promise<number | null> {
  return statusOf(new URL(path, connection.url), (url) => fetchFrom(connection, url, { method: "GET", headers: {}, body: null, signal: AbortSignal.timeout(timeoutMs) }));
}

async function statusOf(url: URL, ask = (asked: URL): Promise<Response> => fetch(asked, { signal: AbortSignal.timeout(timeoutMs) })): Promise<number | null> {
  try {
    const response = await ask(url);
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}

/** Whose certificate it is and for which name does not matter here: nothing but readiness is asked, of this machine. */
function statusOverTls(url: URL): Promise<number | null> {
  return new Promise((resolve) => {
    const asking = request(url, { rejectUnauthorized: false, timeout: timeoutMs, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    asking.on("timeout", () => asking.destroy());
    asking.on("error", () => resolve(null));
    asking.end();
  });
}

async function controlPlane({ connection, data }: DoctorContext): Promise<Finding> {
  if (!connection) return failed(`no Parley runs on ${data}`, "./parley up");
  const status = await adminStatus(connection, "/readyz");
  if (status === 200) return ok(connection.url);
  if (status === null) return failed(`nothing answers at ${connection.url}`, "./parley up; if it runs, its own messages say why the control plane does not come up.");
  return failed(`${connection.url}/readyz answers ${status}`, `curl ${connection.url}/readyz`);
}

async function access(connection: Connection): Promise<Finding> {
  await status(connection);
  return ok("the admin API accepts the token");
}

async function gateway(connection: Connection): Promise<Finding> {
  const { gatewayUrl } = await status(connection);
  const readiness = new URL("/.well-known/parley/readyz", gatewayUrl);
  const answer = await (readiness.protocol === "https:" ? statusOverTls(readiness) : statusOf(readiness));
  if (answer === 200) return ok(gatewayUrl);
  return failed(answer === null ? `nothing answers at ${gatewayUrl}` : `${gatewayUrl} is not ready (${answer})`, "The messages of ./parley up say why the gateway ends or does not get its configuration.");
}

async function upToDate(connection: Connection): Promise<Finding> {
  const { gateways, snapshotVersion } = await status(connection);
  if (gateways.length === 0) return failed("no gateway is connected to the control plane", "Look at the messages of ./parley up; a gateway connects again by itself within seconds.");
  const behind = gateways.filter((worker) => worker.snapshotVersion < snapshotVersion - tolerableLag);
  if (behind.length === 0) return ok(`${gateways.length} on configuration version ${snapshotVersion}`);
  return failed(`worker ${behind.map((worker) => worker.worker).join(", ")} runs on an older configuration`, "Look at the messages of ./parley up, and start it again if it stays so.");
}

async function stores(connection: Connection): Promise<Finding> {
  const answer = await status(connection);
  const broken = answer.stores.filter((store) => !store.ok);
  if (broken.length === 0) return ok(answer.stores.map((store) => store.name).join(", "));
  return failed(broken.map((store) => `${store.name}: ${store.detail ?? "not ok"}`).join("; "), "Calls go on meanwhile. Check the disk, or the address of the store in the configuration.");
}

async function records(connection: Connection): Promise<Finding> {
  const { lost } = await status(connection);
  const present = lost.filter(({ goesOn }) => goesOn);
  if (present.length > 0) return failed(`dropped: ${lossesText(present)}`, "Calls are not touched. The messages of ./parley up say why: a full disk, a collector that is away or refuses, or damage. Ten minutes after the last loss this is well again.");
  return ok(lost.length === 0 ? "nothing that was to be recorded or exported was dropped" : `nothing was dropped in the last ten minutes; before: ${lossesText(lost)}`);
}

function lossesText(lost: Status["lost"]): string {
  return lost.map(({ count, what, firstAt, lastAt }) => `${count} ${what}, ${firstAt === lastAt ? `at ${lastAt}` : `from ${firstAt} to ${lastAt}`}`).join("; ");
}

async function inForce(connection: Connection): Promise<Finding> {
  const { configuration, file, mode } = await status(connection);
  const error = configuration.find((finding) => finding.severity === "error");
  if (!error) return ok(mode === "file" ? (file ?? "the file") : "the database");
  return failed(`the file has errors, and the configuration before stays in force: line ${error.line ?? "?"}: ${error.message}`, `./parley check ${file ?? "parley.yaml"}`);
}

async function providers(connection: Connection): Promise<Finding> {
  const call: AdminCall<"listProviders"> = { operation: "listProviders", method: "GET", path: "/api/providers" };
  const { items } = await callAdmin(connection, call);
  const keyless = items.filter((item) => {
    const entry = catalogueEntry(item.spec.kind ?? item.name);
    return entry !== undefined && lacksKey(entry, item.spec);
  });
  if (keyless.length === 0) return ok(items.map((item) => item.name).join(", ") || "none");
  const names = keyless.map((item) => item.name).join(", ");
  return failed(`without an API key: ${names}`, "Enter the key in the console under AI, Providers, or set its variable and start Parley again.");
}

function status(connection: Connection): Promise<Status> {
  return callAdmin(connection, { operation: "getStatus", method: "GET", path: "/api/status" });
}
