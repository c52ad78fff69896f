/** The AI side of the snapshot, compiled to the routes under its mount. Nothing here knows a dialect. */
import type { AiSettings, Model, Provider } from "@parley/contract/config/ai";
import type { Prompt } from "@parley/contract/config/prompt";
import { managingPaths, otherRoots } from "../ai/endpoints/vendor-paths.ts";
import { problemShape, refusalFields } from "../exchange/problem-shape.ts";
import type { RefusalShape } from "../exchange/refusal-shape.ts";
import type { AiEndpoints, AiPorts, CompileAi } from "../ai/endpoints-contract.ts";
import { compilePipeline } from "../pipeline/compile.ts";
import type { Handler } from "../pipeline/policy.ts";
import type { PipelinePorts } from "../pipeline/route-plan.ts";
import { newRoute, type Route } from "../routing/route.ts";

export interface AiSource {
  settings: AiSettings;
  /** Secrets are open already. */
  providers: ReadonlyMap<string, Provider>;
  models: ReadonlyMap<string, Model>;
  prompts: ReadonlyMap<string, Prompt>;
}

export interface AiRoutePorts {
  compileAi: CompileAi;
  ai: AiPorts;
  pipeline: PipelinePorts;
}

export interface CompiledAi {
  endpoints: AiEndpoints;
  routes: { path: string; route: Route; yields: boolean }[];
  /** For the path `/` alone, where no service has it: Ollama's clients look there for whether it runs. Null where the AI side has no answer there, and at a mount of its own, which answers below it. */
  root: Route | null;
}

/**
 * What the AI endpoints' paths begin with, below the mount. They are routes of their own so that a mount at `/` takes
 * nothing else away from services: a service with a longer path wins, and one with the same path, too.
 */
const roots = ["/v1", "/v1beta", "/v2/rerank", "/v2/chat"];
/** Paths of vendors' APIs that services may well have as their own: there a service with a shorter path wins, too. */
const yieldingRoots = ["/upload/v1/files", "/upload/v1beta/files", "/model", "/api/chat", "/api/generate", "/api/embed", "/api/embeddings", "/api/ps", "/api/tags", "/api/show", "/api/version", ...managingPaths, ...otherRoots];

export function compileAiRoutes(source: AiSource, ports: AiRoutePorts): CompiledAi {
  const { settings, providers, models, prompts } = source;
  const mount = settings.path === "/" ? "" : settings.path;
  const endpoints = ports.compileAi({ ai: settings, providers, models, prompts }, ports.ai);
  const plan = { service: "ai", kind: "ai" as const, access: settings.access, tokens: settings.jwt, certificates: settings.mtls, limits: settings.limits ?? [], conflict: null };
  const routeAt = (root: string, shape: RefusalShape = aiShape(endpoints, mount)): Route => newRoute({ service: "ai", kind: "ai", shape, handler: compilePipeline(plan, ports.pipeline, aiHandler(endpoints, root)) });
  const routes = [...roots.map((root) => ({ root, yields: false })), ...yieldingRoots.map((root) => ({ root, yields: true }))].map(({ root, yields }) => ({ path: mount + root, route: routeAt(root), yields: yields && mount === "" }));
  // Prompts are plain APIs, whose refusals are problem documents.
  if (prompts.size > 0) routes.push({ path: `${mount}/prompts`, route: routeAt("/prompts", problemShape), yields: false });
  // A mount of its own answers for everything below it.
  if (mount !== "") routes.push({ path: mount, route: routeAt(""), yields: false });
  return { endpoints, routes, root: mount === "" && endpoints.match("GET", "/") !== null ? routeAt("") : null };
}

function aiHandler(endpoints: AiEndpoints, root: string): Handler {
  return (exchange, sink) => {
    const query = exchange.rest.indexOf("?");
    const path = root + (query === -1 ? exchange.rest : exchange.rest.slice(0, query));
    const match = endpoints.match(exchange.method, path);
    if (match === null) return sink.fault({ code: "unknown-route", detail: `There is no AI endpoint ${path}.` });
    if ("allow" in match) {
      const allow = match.allow.join(", ");
      return sink.fault({ code: "method-not-allowed", detail: `${path} takes ${allow} only.`, headers: { Allow: allow } });
    }
    return match.handle(exchange, sink);
  };
}

function aiShape(endpoints: AiEndpoints, mount: string): RefusalShape {
  return {
    answer(call, refusal) {
      const answer = endpoints.refusalBody({ path: call.path.slice(mount.length), id: call.id, headers: call.headers ?? {} }, refusal);
      const rawHeaders = [...answer.rawHeaders, "Content-Length", String(answer.body.length), ...refusalFields(refusal, answer.status)];
      return { status: answer.status, rawHeaders, body: answer.body };
    },
  };
}
