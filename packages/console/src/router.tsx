/** Every address of the console. Pages are fetched when they are first opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { parseNewAlertSearch } from "./pages/alerts/search.ts";
import { parseAnalysisSearch } from "./pages/analysis/search.ts";
import { parseConflictsSearch } from "./pages/conflicts/filter.ts";
import { FailedPage } from "./pages/failed-page.tsx";
import { knownSearch } from "./known-search.ts";
import { parseCallsSearch } from "./pages/calls/search.ts";
import { parseResourceSearch } from "./pages/history/search.ts";
import { IndexPage } from "./pages/index-page.tsx";
import { parseLiveSearch } from "./pages/live/search.ts";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { parseOverviewSearch } from "./pages/overview/search.ts";
import { parsePlaygroundSearch } from "./pages/playground/search.ts";
import { parseSpendSearch } from "./pages/spend/search.ts";
import { Loading } from "./shell/loading.tsx";
import { SessionGate } from "./shell/session-gate.tsx";
import { Shell } from "./shell/shell.tsx";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: FailedPage });

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: () => (
    <SessionGate>
      <Shell />
    </SessionGate>
  ),
});
const under = () => shell;

const services = () => import("./pages/services/service-page.tsx");
const providers = () => import("./pages/providers/provider-page.tsx");
const models = () => import("./pages/models/model-page.tsx");
const alerts = () => import("./pages/alerts/alert-page.tsx");
const channels = () => import("./pages/alerts/channel-page.tsx");
const prompts = () => import("./pages/prompts/prompt-page.tsx");
const consumers = () => import("./pages/consumers/consumer-page.tsx");

const pages = [
  createRoute({ getParentRoute: under, path: "/", component: IndexPage }),
  createRoute({ getParentRoute: under, path: "/start", component: lazyRouteComponent(() => import("./pages/start/start-page.tsx"), "StartPage") }),
  createRoute({ getParentRoute: under, path: "/overview", validateSearch: knownSearch(parseOverviewSearch), component: lazyRouteComponent(() => import("./pages/overview/overview-page.tsx"), "OverviewPage") }),
  createRoute({ getParentRoute: under, path: "/live", validateSearch: knownSearch(parseLiveSearch), component: lazyRouteComponent(() => import("./pages/live/live-page.tsx"), "LivePage") }),
  createRoute({ getParentRoute: under, path: "/analysis", validateSearch: knownSearch(parseAnalysisSearch), component: lazyRouteComponent(() => import("./pages/analysis/analysis-page.tsx"), "AnalysisPage") }),
  createRoute({ getParentRoute: under, path: "/calls", validateSearch: knownSearch(parseCallsSearch), component: lazyRouteComponent(() => import("./pages/calls/calls-page.tsx"), "CallsPage") }),
  createRoute({ getParentRoute: under, path: "/calls/$id", component: lazyRouteComponent(() => import("./pages/call/call-page.tsx"), "CallPage") }),
  createRoute({ getParentRoute: under, path: "/conflicts", validateSearch: knownSearch(parseConflictsSearch), component: lazyRouteComponent(() => import("./pages/conflicts/conflicts-page.tsx"), "ConflictsPage") }),
  createRoute({ getParentRoute: under, path: "/conflicts/$id", component: lazyRouteComponent(() => import("./pages/conflict/conflict-page.tsx"), "ConflictPage") }),
  createRoute({ getParentRoute: under, path: "/bypasses", validateSearch: knownSearch(parseServiceSearch), component: lazyRouteComponent(() => import("./pages/bypasses/bypasses-page.tsx"), "BypassesPage") }),
  createRoute({ getParentRoute: under, path: "/leases", validateSearch: knownSearch(parseServiceSearch), component: lazyRouteComponent(() => import("./pages/leases/leases-page.tsx"), "LeasesPage") }),
  createRoute({ getParentRoute: under, path: "/history", validateSearch: knownSearch(parseResourceSearch), component: lazyRouteComponent(() => import("./pages/history/history-page.tsx"), "HistoryPage") }),
  createRoute({ getParentRoute: under, path: "/alerts", component: lazyRouteComponent(() => import("./pages/alerts/alerts-page.tsx"), "AlertsPage") }),
  createRoute({ getParentRoute: under, path: "/alerts/$name", component: lazyRouteComponent(alerts, "AlertPage") }),
  createRoute({ getParentRoute: under, path: "/new/alert", validateSearch: knownSearch(parseNewAlertSearch), component: lazyRouteComponent(alerts, "NewAlertPage") }),
  createRoute({ getParentRoute: under, path: "/channels/$name", component: lazyRouteComponent(channels, "ChannelPage") }),
  createRoute({ getParentRoute: under, path: "/new/channel", component: lazyRouteComponent(channels, "NewChannelPage") }),
  createRoute({ getParentRoute: under, path: "/services", component: lazyRouteComponent(() => import("./pages/services/services-page.tsx"), "ServicesPage") }),
  createRoute({ getParentRoute: under, path: "/services/$name", component: lazyRouteComponent(services, "ServicePage") }),
  createRoute({ getParentRoute: under, path: "/services/$name/traffic", component: lazyRouteComponent(() => import("./pages/service-traffic/service-traffic-page.tsx"), "ServiceTrafficPage") }),
  createRoute({ getParentRoute: under, path: "/new/service", component: lazyRouteComponent(services, "NewServicePage") }),
  createRoute({ getParentRoute: under, path: "/ai/providers", component: lazyRouteComponent(() => import("./pages/providers/providers-page.tsx"), "ProvidersPage") }),
  createRoute({ getParentRoute: under, path: "/ai/providers/$name", component: lazyRouteComponent(providers, "ProviderPage") }),
  createRoute({ getParentRoute: under, path: "/new/provider", validateSearch: knownSearch(parseKind), component: lazyRouteComponent(providers, "NewProviderPage") }),
  createRoute({ getParentRoute: under, path: "/ai/models", component: lazyRouteComponent(() => import("./pages/models/models-page.tsx"), "ModelsPage") }),
  createRoute({ getParentRoute: under, path: "/ai/models/$name", component: lazyRouteComponent(models, "ModelPage") }),
  createRoute({ getParentRoute: under, path: "/new/model", component: lazyRouteComponent(models, "NewModelPage") }),
  createRoute({ getParentRoute: under, path: "/ai/playground", validateSearch: knownSearch(parsePlaygroundSearch), component: lazyRouteComponent(() => import("./pages/playground/playground-page.tsx"), "PlaygroundPage") }),
  createRoute({ getParentRoute: under, path: "/ai/spend", validateSearch: knownSearch(parseSpendSearch), component: lazyRouteComponent(() => import("./pages/spend/spend-page.tsx"), "SpendPage") }),
  createRoute({ getParentRoute: under, path: "/ai/prompts", component: lazyRouteComponent(() => import("./pages/prompts/prompts-page.tsx"), "PromptsPage") }),
  createRoute({ getParentRoute: under, path: "/ai/prompts/$name", component: lazyRouteComponent(prompts, "PromptPage") }),
  createRoute({ getParentRoute: under, path: "/new/prompt", component: lazyRouteComponent(prompts, "NewPromptPage") }),
  createRoute({ getParentRoute: under, path: "/consumers", component: lazyRouteComponent(() => import("./pages/consumers/consumers-page.tsx"), "ConsumersPage") }),
  createRoute({ getParentRoute: under, path: "/consumers/$name", component: lazyRouteComponent(consumers, "ConsumerPage") }),
  createRoute({ getParentRoute: under, path: "/new/consumer", component: lazyRouteComponent(consumers, "NewConsumerPage") }),
  createRoute({ getParentRoute: under, path: "/people", component: lazyRouteComponent(() => import("./pages/people/people-page.tsx"), "PeoplePage") }),
  createRoute({ getParentRoute: under, path: "/audit", component: lazyRouteComponent(() => import("./pages/audit/audit-page.tsx"), "AuditPage") }),
  createRoute({ getParentRoute: under, path: "/health", component: lazyRouteComponent(() => import("./pages/health/health-page.tsx"), "HealthPage") }),
  createRoute({ getParentRoute: under, path: "/settings", component: lazyRouteComponent(() => import("./pages/settings/settings-page.tsx"), "SettingsPage") }),
  // Whatever else there is, with the navigation beside it.
  createRoute({ getParentRoute: under, path: "$", component: NotFoundPage }),
] as const;

const welcome = createRoute({ getParentRoute: () => root, path: "/welcome", component: lazyRouteComponent(() => import("./pages/welcome/welcome-page.tsx"), "WelcomePage") });

export const router = createRouter({ defaultPendingComponent: Loading, defaultPendingMs: 300, defaultPendingMinMs: 0, routeTree: root.addChildren([shell.addChildren(pages), welcome]), defaultPreload: "intent", defaultNotFoundComponent: NotFoundPage, defaultErrorComponent: FailedPage });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

function parseServiceSearch(search: Record<string, unknown>): { service?: string } {
  return typeof search["service"] === "string" && search["service"] ? { service: search["service"] } : {};
}

function parseKind(search: Record<string, unknown>): { kind?: string } {
  return typeof search["kind"] === "string" ? { kind: search["kind"] } : {};
}
