/** What the command palette finds: pages, objects and actions, from what the page knows already. */
import { useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { reading } from "../api/queries.ts";
import { kindPaths } from "../components/entity-link.tsx";
import { allPages } from "./pages.ts";
import { useSignOut } from "./use-sign-out.ts";

export interface Command {
  id: string;
  group: "Page" | "Action" | "Service" | "Provider" | "Model" | "Prompt" | "Consumer" | "Alert" | "Channel" | "Call";
  title: string;
  act: () => void;
}

const objectPaths = {
  Service: kindPaths.service, Provider: kindPaths.provider, Model: kindPaths.model, Prompt: "/ai/prompts/$name", Consumer: kindPaths.consumer, Alert: "/alerts/$name", Channel: "/channels/$name",
} as const;
type ObjectGroup = keyof typeof objectPaths;

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
    action("Add a prompt", () => void navigate({ to: "/new/prompt" })),
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

function useObjects(enabled: boolean): Command[] {
  const navigate = useNavigate();
  const services = useQuery({ ...reading("listServices"), enabled });
  const providers = useQuery({ ...reading("listProviders"), enabled });
  const models = useQuery({ ...reading("listModels"), enabled });
  const prompts = useQuery({ ...reading("listPrompts"), enabled });
  const consumers = useQuery({ ...reading("listConsumers"), enabled });
  const alerts = useQuery({ ...reading("listAlerts"), enabled });
  const channels = useQuery({ ...reading("listChannels"), enabled });
  const of = (group: ObjectGroup, items: readonly { name: string }[] | undefined) =>
    (items ?? []).map(({ name }): Command => ({ id: `${group} ${name}`, group, title: name, act: () => void navigate({ to: objectPaths[group], params: { name } }) }));
  return [
    ...of("Service", services.data?.items), ...of("Provider", providers.data?.items), ...of("Model", models.data?.items), ...of("Prompt", prompts.data?.items),
    ...of("Consumer", consumers.data?.items), ...of("Alert", alerts.data?.items), ...of("Channel", channels.data?.items),
  ];
}
