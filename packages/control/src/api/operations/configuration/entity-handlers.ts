/** Ties the operations on entities to their names in the table. */
import type { EntityKind } from "@parley/contract/api/entities";
import type { ControlPlane } from "../../control-plane.ts";
import type { Handlers } from "../../handler.ts";
import { entityOperations } from "./entities.ts";

type Names =
  | `${"list" | "get" | "put" | "patch" | "delete"}${"Service" | "Provider" | "Model" | "Consumer" | "Team" | "Prompt" | "Alert" | "Channel"}` | "listNames" | "listServices" | "listProviders" | "listModels" | "listConsumers" | "listTeams" | "listPrompts" | "listAlerts" | "listChannels"
  | "getAiSettings" | "putAiSettings" | "getLogging" | "putLogging" | "getTelemetry" | "putTelemetry";

export function entityHandlers(plane: ControlPlane): Pick<Handlers, Extract<keyof Handlers, Names>> {
  const services = entityOperations(plane, "service");
  const providers = entityOperations(plane, "provider");
  const models = entityOperations(plane, "model");
  const consumers = entityOperations(plane, "consumer");
  const teams = entityOperations(plane, "team");
  const prompts = entityOperations(plane, "prompt");
  const alerts = entityOperations(plane, "alert");
  const channels = entityOperations(plane, "channel");
  const settings = entityOperations(plane, "settings");
  return {
    listNames: async () => ({ body: namesOf(plane) }),
    listServices: () => services.list(),
    getService: ({ path }) => services.get(path.name),
    putService: (request) => services.put(request.path.name, request),
    patchService: (request) => services.patch(request.path.name, request),
    deleteService: (request) => services.remove(request.path.name, request),
    listProviders: () => providers.list(),
    getProvider: ({ path }) => providers.get(path.name),
    putProvider: (request) => providers.put(request.path.name, request),
    patchProvider: (request) => providers.patch(request.path.name, request),
    deleteProvider: (request) => providers.remove(request.path.name, request),
    listModels: () => models.list(),
    getModel: ({ path }) => models.get(path.name),
    putModel: (request) => models.put(request.path.name, request),
    patchModel: (request) => models.patch(request.path.name, request),
    deleteModel: (request) => models.remove(request.path.name, request),
    listConsumers: () => consumers.list(),
    getConsumer: ({ path }) => consumers.get(path.name),
    putConsumer: (request) => consumers.put(request.path.name, request),
    patchConsumer: (request) => consumers.patch(request.path.name, request),
    deleteConsumer: (request) => consumers.remove(request.path.name, request),
    listTeams: () => teams.list(),
    getTeam: ({ path }) => teams.get(path.name),
    putTeam: (request) => teams.put(request.path.name, request),
    patchTeam: (request) => teams.patch(request.path.name, request),
    deleteTeam: (request) => teams.remove(request.path.name, request),
    listPrompts: () => prompts.list(),
    getPrompt: ({ path }) => prompts.get(path.name),
    putPrompt: (request) => prompts.put(request.path.name, request),
    patchPrompt: (request) => prompts.patch(request.path.name, request),
    deletePrompt: (request) => prompts.remove(request.path.name, request),
    listAlerts: () => alerts.list(),
    getAlert: ({ path }) => alerts.get(path.name),
    putAlert: (request) => alerts.put(request.path.name, request),
    patchAlert: (request) => alerts.patch(request.path.name, request),
    deleteAlert: (request) => alerts.remove(request.path.name, request),
    listChannels: () => channels.list(),
    getChannel: ({ path }) => channels.get(path.name),
    putChannel: (request) => channels.put(request.path.name, request),
    patchChannel: (request) => channels.patch(request.path.name, request),
    deleteChannel: (request) => channels.remove(request.path.name, request),
    getTelemetry: () => settings.get("telemetry"),
    putTelemetry: (request) => settings.put("telemetry", request),
    getAiSettings: () => settings.get("ai"),
    putAiSettings: (request) => settings.put("ai", request),
    getLogging: () => settings.get("logging"),
    putLogging: (request) => settings.put("logging", request),
  };
}

function namesOf(plane: ControlPlane): Record<EntityKind, string[]> {
  const of = (kind: EntityKind): string[] => plane.configuration.entities.list(kind).map(({ name }) => name);
  return { service: of("service"), provider: of("provider"), model: of("model"), consumer: of("consumer"), team: of("team"), prompt: of("prompt"), alert: of("alert"), channel: of("channel") };
}
