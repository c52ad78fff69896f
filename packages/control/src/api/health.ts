/** /healthz says that the process lives, /readyz how both planes are, /metrics everything that is counted. */
import type { Context } from "hono";
import { alertFamilies } from "../metrics/alert-families.ts";
import { exposition, openMetrics } from "../metrics/exposition.ts";
import { ledgerFamilies } from "../metrics/ledger-families.ts";
import { mergeFamilies } from "../metrics/merge.ts";
import { processFamilies } from "../metrics/process-families.ts";
import { callerOf } from "./caller.ts";
import type { ControlPlane } from "./control-plane.ts";
import { bodiesTrouble, type Check, check, diskCheck, ledgerCheck, namesOf } from "./checks.ts";
import { isLoopback } from "./origin.ts";
import { refuse } from "../refusal.ts";
import type { RequestContext } from "./request-context.ts";

interface Route {
  path: string;
  answer: (context: Context) => Promise<Response>;
}

/** A gateway that does not answer in time is left out, and counted. */
const metricsWithinMs = 500;

export function healthRoutes({ plane }: { plane: ControlPlane }, contextOf: (context: Context) => RequestContext): Route[] {
  return [
    { path: "/healthz", answer: async () => json({ status: "alive", version: plane.version, warnings: namesOf({ disk: await diskCheck(plane) }) }) },
    { path: "/readyz", answer: async (context) => readiness(plane, await mayLook(contextOf(context))) },
    {
      path: "/metrics",
      answer: async (context) => {
        const request = contextOf(context);
        if (!(await mayLook(request))) refuse("not-signed-in", "metrics name services and consumers: they are for this machine, the admin token and people who are signed in");
        return metrics(plane, request.request.headers.get("accept") ?? "");
      },
    },
  ];
}

/** A scraper on this machine needs nothing; one that comes through a proxy is not on this machine. */
async function mayLook(context: RequestContext): Promise<boolean> {
  const { headers } = context.request;
  const proxied = headers.has("x-forwarded-for") || headers.has("forwarded");
  if (isLoopback(context.clientAddress) && !proxied && !headers.has("authorization")) return true;
  return (await callerOf(headers, context.identity)) !== null;
}

async function readiness(plane: ControlPlane, withDetails: boolean): Promise<Response> {
  const errors = plane.configuration.diagnostics().filter((diagnostic) => diagnostic.severity === "error");
  const gateways = plane.channel.gateways();
  const checks: Record<string, Check> = {
    configStore: check(await plane.store.check().then(() => null, (error: Error) => error.message)),
    callLog: check(plane.callLog.trouble),
    gateways: check(gateways.length > 0 ? null : "no gateway is connected"),
    configuration: check(errors.length === 0 ? null : `${errors.length} errors in the configuration file; what was in force before stays`),
  };
  const ready = Object.values(checks).every(({ ok }) => ok);
  // Somebody has to look after them; taking Parley out of service meanwhile would help nobody.
  const lesser = { disk: await diskCheck(plane), ledger: await ledgerCheck(plane), bodies: check(bodiesTrouble(plane)) };
  const all = Object.entries({ ...checks, ...lesser });
  const shown = withDetails ? Object.fromEntries(all) : Object.fromEntries(all.map(([name, { ok }]) => [name, { ok }]));
  const details = withDetails ? { diagnostics: plane.configuration.diagnostics() } : {};
  return json({ status: ready ? "ready" : "not ready", checks: shown, warnings: namesOf(lesser), gateways: gateways.length, snapshotVersion: plane.publisher.version, ...details }, ready ? 200 : 503);
}

/** Whoever names it can read it; Prometheus names both, and this one first. */
function wantsOpenMetrics(accept: string): boolean {
  return accept.split(",").some((range) => /^\s*application\/openmetrics-text\s*(?:;|$)/i.test(range) && !/;\s*q=0(?:\.0*)?\s*(?:;|$)/i.test(range));
}

async function metrics(plane: ControlPlane, accept: string): Promise<Response> {
  const connected = plane.channel.gateways().length;
  const [answers, ledger, diskSpace] = await Promise.all([plane.channel.metrics(metricsWithinMs), ledgerFamilies(plane.ledger), plane.diskSpace()]);
  const own = processFamilies({
    startedAtMs: plane.startedAt, gatewaysConnected: connected, gatewaysSilent: connected - answers.length,
    snapshotVersion: plane.publisher.version, liveWatchers: plane.live.watchers, spoolBytes: await plane.ingestor.spoolBytes(), segmentsSetAside: plane.ingestor.setAside, linesSkipped: plane.ingestor.linesSkipped, liveCallsDropped: plane.live.dropped, diskSpace,
  });
  const families = mergeFamilies([...answers, own, ledger, alertFamilies(plane.alerts.states())]);
  const headers = { "Cache-Control": "no-store", Vary: "Accept" };
  if (wantsOpenMetrics(accept)) return new Response(openMetrics(families), { headers: { ...headers, "Content-Type": "application/openmetrics-text; version=1.0.0; charset=utf-8" } });
  return new Response(exposition(families), { headers: { ...headers, "Content-Type": "text/plain; version=0.0.4; charset=utf-8" } });
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", "Cache-Control": "no-store" } });
}

