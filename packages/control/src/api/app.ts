/**
 * The admin port's HTTP: the operations of the contract's table, the OpenAPI document, health, metrics and the console.
 * Hides routing, hosts and origins, and how refusals are written. Knows Hono; nothing below it does.
 */
import { Hono, type Context } from "hono";
import { operations } from "@parley/contract/api/operations";
import type { Operation } from "@parley/contract/api/operation";
import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import { refuse } from "../refusal.ts";
import { carryOut, type AnyHandler } from "./operation-route.ts";
import type { BearerTokens } from "./caller.ts";
import type { ControlPlane } from "./control-plane.ts";
import { handlersOf } from "./handlers.ts";
import { healthRoutes } from "./health.ts";
import { openApiDocument } from "./openapi.ts";
import type { Documentation } from "./documentation.ts";
import { expectHost, type Hosts } from "./origin.ts";
import { problemPage } from "./problem-page.ts";
import { problemResponse, refusalOf } from "./problem-response.ts";
import type { RequestContext } from "./request-context.ts";
import { cookiePlace } from "./session-cookie.ts";
import type { Console } from "../console/static-console.ts";

export interface AppPorts {
  plane: ControlPlane;
  tokens: BearerTokens;
  hosts: () => Hosts;
  console: Console;
  documentation: Documentation;
  log: Logger;
}

/** What somebody has to look into. */
const logged: ReadonlySet<string> = new Set(["internal-error", "disk-full", "config-store-unavailable"]);
const documentPath = "/api/openapi.json";

interface Bindings {
  Bindings: { incoming: IncomingMessage };
}

export function createApp(ports: AppPorts): Hono<Bindings> {
  const app = new Hono<Bindings>();
  app.use(async (context, next) => {
    expectHost(context.req.header("host") ?? null, ports.hosts());
    await next();
    context.res.headers.set("X-Content-Type-Options", "nosniff");
    context.res.headers.set("Referrer-Policy", "no-referrer");
    if (ports.plane.options.tls !== undefined && !isThisMachine(context.req.header("host") ?? "")) context.res.headers.set("Strict-Transport-Security", "max-age=31536000");
  });
  const handlers = handlersOf(ports.plane);
  for (const [name, operation] of Object.entries(operations) as [keyof typeof operations, Operation][]) {
    app.on(operation.method, honoPath(operation.path), (context) => carryOut(operation, handlers[name] as AnyHandler, requestContext(ports, context)));
  }
  app.get(documentPath, (context) => context.json(openApiDocument(ports.plane.version, requestContext(ports, context).cookie.name), 200, { "Cache-Control": "no-store" }));
  healthRoutes(ports, (context) => requestContext(ports, context as Context<Bindings>)).forEach(({ path, answer }) => app.get(path, (context) => answer(context)));
  app.get("/.well-known/parley/problems/:code", (context) => problemPage(context.req.param("code"), context.req.header("accept") ?? ""));
  app.get("/llms.txt", () => ports.documentation.index());
  for (const path of ["/docs", "/docs/*"]) app.get(path, async (context) => (await ports.documentation.answer(context.req.path, context.req.header("accept") ?? "")) ?? refuse("not-found", `there is no document ${context.req.path.slice(0, 200)}`, { fix: "/llms.txt lists all of them." }));
  app.all("/api/*", (context) => unknownOperation(context.req.path, context.req.method));
  app.get("*", (context) => ports.console.answer(context.req.raw));
  app.all("*", (context) => wrongMethod(context.req.path, context.req.method, ["GET", "HEAD"]));
  app.onError((error, context) => {
    const refusal = refusalOf(error);
    if (logged.has(refusal.code)) ports.log.error({ err: error, method: context.req.method, path: context.req.path }, "an operation failed");
    return problemResponse(refusal, originOf(context));
  });
  return app;
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** Literal segments win over parameters, so `/api/calls/live` is no call's page. */
function unknownOperation(path: string, method: string): never {
  const allowed: string[] = path === documentPath ? ["GET"] : [...new Set((Object.values(operations) as Operation[]).filter((operation) => matches(operation.path, path)).map((operation) => operation.method))];
  if (allowed.length === 0) refuse("unknown-operation", `there is no ${path.slice(0, 200)}`);
  wrongMethod(path, method, allowed.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name])));
}

function wrongMethod(path: string, method: string, allowed: readonly string[]): never {
  refuse("method-not-allowed", `${path.slice(0, 200)} has ${allowed.join(", ")}, and not ${method.slice(0, 20)}`, { headers: { Allow: allowed.join(", ") } });
}

function matches(template: string, path: string): boolean {
  const [wanted, given] = [template.split("/"), path.split("/")];
  return wanted.length === given.length && wanted.every((segment, index) => (segment.startsWith("{") ? given[index] !== "" : segment === given[index]));
}

function requestContext(ports: AppPorts, context: Context<Bindings>): RequestContext {
  const request = context.req.raw;
  const cookie = cookiePlace(ports.plane.port(), schemeOf(context) === "https");
  return {
    request,
    url: new URL(request.url),
    parameters: context.req.param() as Record<string, string>,
    host: context.req.header("host") ?? null,
    origin: originOf(context),
    clientAddress: context.env.incoming.socket.remoteAddress ?? "",
    cookie,
    identity: { signIn: ports.plane.signIn, tokens: ports.tokens, cookieName: cookie.name },
  };
}

/** Browsers hold the rule for a name and not for a port, and other programs on this machine speak plain HTTP. */
function isThisMachine(host: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/i.test(host);
}

/** The header is believed from anybody: it decides about the caller's own cookie and links, and nothing else. */
function schemeOf(context: Context<Bindings>): "http" | "https" {
  if ((context.env.incoming.socket as { encrypted?: boolean }).encrypted === true) return "https";
  return context.req.header("x-forwarded-proto")?.split(",")[0]?.trim() === "https" ? "https" : "http";
}

function originOf(context: Context<Bindings>): string {
  return `${schemeOf(context)}://${context.req.header("host") ?? "localhost"}`;
}
