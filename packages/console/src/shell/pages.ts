/** The map of the console: every page that is in the navigation and in the command palette, in its group. */
import {
  IconActivity, IconAdjustments, IconApps, IconBell, IconBox, IconCoins, IconChartHistogram, IconCpu, IconGitMerge, IconHeartRateMonitor, IconHistory, IconLayoutDashboard, IconLock, IconMessages, IconPlayerRecord, IconPlugConnected, IconRocket, IconRouteOff, IconTemplate, IconUsers, IconVersions, type IconProps,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { OperationName } from "../api/types.ts";

export interface PageEntry {
  title: string;
  to: "/start" | "/overview" | "/live" | "/calls" | "/analysis" | "/alerts" | "/conflicts" | "/bypasses" | "/leases" | "/history" | "/services" | "/ai/providers" | "/ai/models" | "/ai/playground" | "/ai/prompts" | "/ai/spend" | "/consumers" | "/people" | "/audit" | "/health" | "/settings";
  icon: ComponentType<IconProps>;
  /** Pressed after `g`. */
  key: string;
  /** The operation that fills it; without the right to it the page says which role is missing. */
  needs?: OperationName;
  /** The filter and the range of time go along to it. */
  shares?: boolean;
}

export const startPage: PageEntry = { title: "Start", to: "/start", icon: IconRocket, key: "t" };

export const pageGroups: readonly { title: string; pages: readonly PageEntry[] }[] = [
  {
    title: "Observe",
    pages: [
      { title: "Overview", to: "/overview", icon: IconLayoutDashboard, key: "o", shares: true },
      { title: "Live", to: "/live", icon: IconPlayerRecord, key: "l", shares: true },
      { title: "Calls", to: "/calls", icon: IconActivity, key: "c", shares: true },
      { title: "Conflicts", to: "/conflicts", icon: IconGitMerge, key: "x", shares: true },
      { title: "Analysis", to: "/analysis", icon: IconChartHistogram, key: "y", shares: true },
      { title: "Alerts", to: "/alerts", icon: IconBell, key: "w" },
      { title: "Bypasses", to: "/bypasses", icon: IconRouteOff, key: "v" },
      { title: "Leases", to: "/leases", icon: IconLock, key: "k" },
      { title: "History", to: "/history", icon: IconVersions, key: "r" },
    ],
  },
  {
    title: "Build",
    pages: [
      { title: "Services", to: "/services", icon: IconBox, key: "s" },
      { title: "Providers", to: "/ai/providers", icon: IconPlugConnected, key: "p" },
      { title: "Models", to: "/ai/models", icon: IconCpu, key: "m" },
      { title: "Playground", to: "/ai/playground", icon: IconMessages, key: "b", needs: "tryCall" },
      { title: "Prompts", to: "/ai/prompts", icon: IconTemplate, key: "f" },
      { title: "Spend", to: "/ai/spend", icon: IconCoins, key: "d" },
    ],
  },
  {
    title: "Access",
    pages: [
      { title: "Consumers", to: "/consumers", icon: IconApps, key: "u" },
      { title: "People", to: "/people", icon: IconUsers, key: "e", needs: "listPeople" },
      { title: "Audit", to: "/audit", icon: IconHistory, key: "a", needs: "listAudit" },
    ],
  },
  {
    title: "System",
    pages: [
      { title: "Health", to: "/health", icon: IconHeartRateMonitor, key: "h" },
      { title: "Settings", to: "/settings", icon: IconAdjustments, key: "," },
    ],
  },
];

export const allPages: readonly PageEntry[] = [startPage, ...pageGroups.flatMap((group) => group.pages)];
