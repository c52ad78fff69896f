/** What the command palette finds: pages, objects and actions, from what the page knows already. */
import { useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { reading } from "../api/queries.ts";
import { kindPaths, type LinkedKind } from "../components/entity-link.tsx";
import { allPages } from "./pages.ts";
import { useSignOut } from "./use-sign-out.ts";

export interface Command {
  id: string;
  group: "Page" | "Action" | "Service" | "Provider" | "Model" | "Consumer" | "Call";
  title: string;
  act: () => void;
}

export function useCommands(opened: boolean, onShortcuts: () => void): Command[] {
  const navigate = useNavigate();
  const actions = useActions(onShortcuts);
  const objects = useObjects(opened);
  const pages = allPages.map((page): Command => ({ id: `page ${page.to}`, group: "Page", title: page.title, act: () => void navigate({ to: page.to }) }));
  return [...pages, ...actions, ...objects];
}

function useActions(onShortcuts: () => void): Command[] {
  const navigate = useNavigate();
  const scheme = useMantineColorScheme({ keepTransitions: true });
  const signOut = useSignOut();
  const action = (title: string, act: () => void): Command => ({ id: `action ${title}`, group: "Action", title, act });
  return [
    action("Add a service", () => void navigate({ to: "/new/service" })),
    action("Add a provider", () => void navigate({ to: "/new/provider" })),
    action("Add a model alias", () => void navigate({ to: "/new/model" })),
    action("Add an alert", () => void navigate({ to: "/new/alert" })),
    action("Add a channel for alerts", () => void navigate({ to: "/new/channel" })),
    action("Add a consumer", () => void navigate({ to: "/new/consumer" })),
    action("Show failed calls", () => void navigate({ to: "/calls", search: { q: "status:error" } })),
    action("Colours: light", () => scheme.setColorScheme("light")),
    action("Colours: dark", () => scheme.setColorScheme("dark")),
    action("Colours: as the system", () => scheme.setColorScheme("auto")),
    action("Change your password", () => void navigate({ to: "/settings" })),
    action("Keyboard shortcuts", onShortcuts),
    action("Sign out", signOut),
  ];
}

const groups = { service: "Service", provider: "Provider", model: "Model", consumer: "Consumer" } as const;

function useObjects(enabled: boolean): Command[] {
  const navigate = useNavigate();
  const services = useQuery({ ...reading("listServices"), enabled });
  const providers = useQuery({ ...reading("listProviders"), enabled });
  const models = useQuery({ ...reading("listModels"), enabled });
  const consumers = useQuery({ ...reading("listConsumers"), enabled });
  const of = (kind: LinkedKind, items: readonly { name: string }[] | undefined) =>
    (items ?? []).map(({ name }): Command => ({ id: `${kind} ${name}`, group: groups[kind], title: name, act: () => void navigate({ to: kindPaths[kind], params: { name } }) }));
  return [...of("service", services.data?.items), ...of("provider", providers.data?.items), ...of("model", models.data?.items), ...of("consumer", consumers.data?.items)];
}
