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

const objects = {
  service: { group: "Service", to: kindPaths.service },
  provider: { group: "Provider", to: kindPaths.provider },
  model: { group: "Model", to: kindPaths.model },
  prompt: { group: "Prompt", to: "/ai/prompts/$name" },
  consumer: { group: "Consumer", to: kindPaths.consumer },
  alert: { group: "Alert", to: "/alerts/$name" },
  channel: { group: "Channel", to: "/channels/$name" },
} as const;
const objectKinds = Object.keys(objects) as (keyof typeof objects)[];

export function useCommands(opened: boolean, onShortcuts: () => void): Command[] {
  const navigate = useNavigate();
  const actions = useActions(onShortcuts);
  const found = useObjects(opened);
  const pages = allPages.map((page): Command => ({ id: `page ${page.to}`, group: "Page", title: page.title, act: () => void navigate({ to: page.to }) }));
  return [...pages, ...actions, ...found];
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
  const names = useQuery({ ...reading("listNames"), enabled });
  return objectKinds.flatMap((kind) => {
    const { group, to } = objects[kind];
    return (names.data?.[kind] ?? []).map((name): Command => ({ id: `${group} ${name}`, group, title: name, act: () => void navigate({ to, params: { name } }) }));
  });
}
