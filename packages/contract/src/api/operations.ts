/** Every operation of the admin API. The server implements exactly these; the console and the CLI call nothing else. */
import { z } from "zod";
import { alertEvent, alertEventQuery, alertPreview, alertPreviewAsked, alertState, channelTest, silenceAsked } from "./alerts.ts";
import { analysis, analysisQuery, explainQuery, explanation, heatMap, heatMapQuery, overview, overviewQuery } from "./analysis.ts";
import { bodiesQuery, callBodies, callFilter, callPage, callQuery, callRecord, completionQuery, completions, exportQuery, facets, facetsQuery, liveEvent, liveQuery } from "./calls.ts";
import { advice, adviceQuery, previewQuery, protectionPreview } from "./conflict-advice.ts";
import { bypassList } from "./bypasses.ts";
import { conflictMatrix, conflictPage, conflictQuery, conflictSummary, conflictSummaryQuery, routeGuarantee } from "./conflicts.ts";
import { differenceQuery, documentDifference, documentOperations, documentToFetch, fetchedDocument, operationsQuery, proposedQuery, publishedDocument, publishQuery } from "./documents.ts";
import { entityKinds, entityNames, key, keyRotation, keyUse, settingKinds } from "./entities.ts";
import { keyScopes, moment } from "../config/key-scopes.ts";
import { limit } from "../config/limits.ts";
import { entityName } from "../config/names.ts";
import { conflictRecord } from "../conflicts/record.ts";
import { leaseList, leaseQuery, shownLease } from "./leases.ts";
import { cacheList, cachePurge, purged } from "./cache.ts";
import { mirrorReport } from "./mirror.ts";
import { modelState } from "./model-state.ts";
import type { Operation } from "./operation.ts";
import { newPersonName, password, person, personName, role, session, signInLink } from "./people.ts";
import { history, historyQuery, keptVersion, restoration, restored, versionQuery } from "./resource-history.ts";
import { atMost, cursor, ofService } from "./search-parameters.ts";
import { savedSearch, savedSearches, searchWrite } from "./searches.ts";
import { targetState } from "./targets.ts";
import { orderedRollout, rollout, rolloutOrder } from "./rollout.ts";
import { spend, spendQuery } from "./spend.ts";
import { callElsewhere, callToTry, tryEvent } from "./try-call.ts";
import { auditEntry, diagnostic, knownProvider, plan, status } from "./system.ts";

const page = { after: cursor, limit: atMost(1_000, 100) };

/**
 * A configuration file as it was written. `variables` are the values of the ${NAMES} in it, as the caller's environment
 * has them: the server never reads its own environment for a file that came over the network. A variable that an export
 * made for a stored secret may be left out; the stored one is then kept. `documents` are the texts of the OpenAPI files that
 * it names, by their paths as written; one that is left out stays as it is.
 */
const configurationFile = z.strictObject({ yaml: z.string(), file: z.string().optional(), variables: z.record(z.string(), z.string()).optional(), documents: z.record(z.string(), z.string()).optional() });

const services = "/api/services";
const documentTypes = ["application/json", "application/yaml", "text/yaml", "application/vnd.oai.openapi", "application/vnd.oai.openapi+json", "text/plain"] as const;
const documentText = { text: documentTypes, body: z.string() } as const;
const documentAnswer = { response: z.string(), media: ["application/json", "application/yaml"] } as const;
const providers = "/api/providers";
const models = "/api/models";
const consumers = "/api/consumers";

export const operations = {
  getSession: { method: "GET", path: "/api/session", tag: "session", role: "viewer", summary: "Who is signed in", response: session },
  signIn: {
    method: "POST", path: "/api/session", tag: "session", role: "anyone", summary: "Sign in with name and password",
    body: z.strictObject({ name: z.string(), password: z.string() }), response: session,
  },
  /** For the first person the name is free; for others the link says whose it is and the name may be left out. */
  acceptLink: {
    method: "POST", path: "/api/session/link", tag: "session", role: "anyone", summary: "Use a sign-in link: set a password and sign in",
    body: z.strictObject({ token: z.string(), name: personName.optional(), password }), response: session,
  },
  inspectLink: {
    method: "POST", path: "/api/session/link/inspect", tag: "session", role: "anyone", summary: "Whose sign-in link is it; name is null for the first person's",
    body: z.strictObject({ token: z.string() }), response: z.object({ name: z.string().nullable(), expiresAt: z.string() }),
  },
  changePassword: {
    method: "POST", path: "/api/session/password", tag: "session", role: "viewer", summary: "Change one's own password; ends one's other sessions",
    body: z.strictObject({ current: z.string(), next: password }), status: 204,
  },
  signOut: { method: "DELETE", path: "/api/session", tag: "session", role: "viewer", summary: "Sign out", status: 204 },

  listPeople: { method: "GET", path: "/api/people", tag: "people", role: "owner", summary: "Everybody who may sign in", response: z.object({ items: z.array(person) }) },
  addPerson: {
    method: "POST", path: "/api/people", tag: "people", role: "owner", summary: "Add a person; the answer has their sign-in link", status: 201,
    body: z.strictObject({ name: newPersonName, role }), response: z.object({ person, link: signInLink }),
  },
  getPerson: { method: "GET", path: "/api/people/{name}", tag: "people", role: "owner", summary: "One person", response: person },
  changePerson: {
    method: "PATCH", path: "/api/people/{name}", tag: "people", role: "owner", guard: "change", summary: "Change a person's role, or disable them (which ends their sessions)",
    body: z.strictObject({ role: role.optional(), disabled: z.boolean().optional() }), response: person,
  },
  removePerson: { method: "DELETE", path: "/api/people/{name}", tag: "people", role: "owner", guard: "change", summary: "Remove a person", status: 204 },
  renewLink: { method: "POST", path: "/api/people/{name}/link", tag: "people", role: "owner", summary: "A new sign-in link, for a lost password", status: 201, response: signInLink },

  listServices: { method: "GET", path: services, tag: "services", role: "viewer", summary: "All services", response: entityKinds.service.list },
  getService: { method: "GET", path: `${services}/{name}`, tag: "services", role: "viewer", summary: "One service", response: entityKinds.service.entity },
  putService: { method: "PUT", path: `${services}/{name}`, tag: "services", role: "editor", guard: "create-or-change", summary: "Create or replace a service", body: entityKinds.service.write, response: entityKinds.service.entity },
  patchService: { method: "PATCH", path: `${services}/{name}`, tag: "services", role: "editor", guard: "change", summary: "Change a service by JSON merge patch", body: z.record(z.string(), z.unknown()), response: entityKinds.service.entity },
  deleteService: { method: "DELETE", path: `${services}/{name}`, tag: "services", role: "editor", guard: "change", summary: "Delete a service", status: 204 },

  getServiceDocument: { method: "GET", path: `${services}/{name}/openapi`, tag: "services", role: "viewer", summary: "A service's OpenAPI document, as it was given", ...documentAnswer },
  putServiceDocument: { method: "PUT", path: `${services}/{name}/openapi`, tag: "services", role: "editor", guard: "create-or-change", summary: "Give a service without versions an OpenAPI document, or a new one", query: publishQuery, ...documentText, response: publishedDocument },
  getVersionDocument: { method: "GET", path: `${services}/{name}/versions/{version}/openapi`, tag: "services", role: "viewer", summary: "A version's OpenAPI document, as it was given", ...documentAnswer },
  putVersionDocument: { method: "PUT", path: `${services}/{name}/versions/{version}/openapi`, tag: "services", role: "editor", guard: "create-or-change", summary: "Give a version an OpenAPI document, or a new one; breaking changes have to be acknowledged", query: publishQuery, ...documentText, response: publishedDocument },
  listServiceOperations: { method: "GET", path: `${services}/{name}/operations`, tag: "services", role: "viewer", summary: "The operations of a service's, or of one version's, OpenAPI document as calls through the gateway, each with an example", query: operationsQuery, response: documentOperations },
  diffVersions: { method: "GET", path: `${services}/{name}/diff`, tag: "services", role: "viewer", summary: "What changed between two versions' documents, and which consumers each breaking change concerns", query: differenceQuery, response: documentDifference },
  diffServiceDocument: { method: "POST", path: `${services}/{name}/openapi/diff`, tag: "services", role: "viewer", summary: "What a new document of the service would change, and for whom; changes nothing", query: proposedQuery, ...documentText, response: documentDifference },
  diffVersionDocument: { method: "POST", path: `${services}/{name}/versions/{version}/openapi/diff`, tag: "services", role: "viewer", summary: "What a new document of the version would change, and for whom; changes nothing", query: proposedQuery, ...documentText, response: documentDifference },

  fetchDocument: { method: "POST", path: "/api/documents/fetch", tag: "services", role: "editor", summary: "Fetch a document from a public address, to be looked at; keeps nothing", body: documentToFetch, response: fetchedDocument },

  listProviders: { method: "GET", path: providers, tag: "ai", role: "viewer", summary: "All providers", response: entityKinds.provider.list },
  getProvider: { method: "GET", path: `${providers}/{name}`, tag: "ai", role: "viewer", summary: "One provider", response: entityKinds.provider.entity },
  putProvider: { method: "PUT", path: `${providers}/{name}`, tag: "ai", role: "editor", guard: "create-or-change", summary: "Create or replace a provider", body: entityKinds.provider.write, response: entityKinds.provider.entity },
  patchProvider: { method: "PATCH", path: `${providers}/{name}`, tag: "ai", role: "editor", guard: "change", summary: "Change a provider by JSON merge patch", body: z.record(z.string(), z.unknown()), response: entityKinds.provider.entity },
  deleteProvider: { method: "DELETE", path: `${providers}/{name}`, tag: "ai", role: "editor", guard: "change", summary: "Delete a provider", status: 204 },
  listKnownProviders: { method: "GET", path: "/api/catalogue/providers", tag: "ai", role: "viewer", summary: "Providers that Parley knows by name", response: z.object({ items: z.array(knownProvider) }) },

  listModels: { method: "GET", path: models, tag: "ai", role: "viewer", summary: "All model aliases", response: entityKinds.model.list },
  getModel: { method: "GET", path: `${models}/{name}`, tag: "ai", role: "viewer", summary: "One model alias", response: entityKinds.model.entity },
  putModel: { method: "PUT", path: `${models}/{name}`, tag: "ai", role: "editor", guard: "create-or-change", summary: "Create or replace a model alias", body: entityKinds.model.write, response: entityKinds.model.entity },
  patchModel: { method: "PATCH", path: `${models}/{name}`, tag: "ai", role: "editor", guard: "change", summary: "Change a model alias by JSON merge patch", body: z.record(z.string(), z.unknown()), response: entityKinds.model.entity },
  deleteModel: { method: "DELETE", path: `${models}/{name}`, tag: "ai", role: "editor", guard: "change", summary: "Delete a model alias", status: 204 },

  getModelState: { method: "GET", path: "/api/catalogue/models", tag: "ai", role: "viewer", summary: "Models with prices, providers with their keys, aliases with measured times, as the gateway has them now", response: modelState },

  listConsumers: { method: "GET", path: consumers, tag: "consumers", role: "viewer", summary: "All consumers", response: entityKinds.consumer.list },
  getConsumer: { method: "GET", path: `${consumers}/{name}`, tag: "consumers", role: "viewer", summary: "One consumer", response: entityKinds.consumer.entity },
  putConsumer: { method: "PUT", path: `${consumers}/{name}`, tag: "consumers", role: "editor", guard: "create-or-change", summary: "Create or replace a consumer", body: entityKinds.consumer.write, response: entityKinds.consumer.entity },
  patchConsumer: { method: "PATCH", path: `${consumers}/{name}`, tag: "consumers", role: "editor", guard: "change", summary: "Change a consumer by JSON merge patch", body: z.record(z.string(), z.unknown()), response: entityKinds.consumer.entity },
  deleteConsumer: { method: "DELETE", path: `${consumers}/{name}`, tag: "consumers", role: "editor", guard: "change", summary: "Delete a consumer and its keys", status: 204 },

  listKeys: { method: "GET", path: `${consumers}/{name}/keys`, tag: "consumers", role: "viewer", summary: "A consumer's keys", response: z.object({ items: z.array(key) }) },
  createKey: {
    method: "POST", path: `${consumers}/{name}/keys`, tag: "consumers", role: "editor", status: 201, summary: "Create a key; its secret is in this answer and never again",
    body: z.strictObject({ name: entityName, expiresAt: moment.optional(), limits: z.array(limit).max(32).optional(), scopes: keyScopes.optional() }), response: z.object({ key, secret: z.string() }),
  },
  getKey: { method: "GET", path: `${consumers}/{name}/keys/{id}`, tag: "consumers", role: "viewer", summary: "One key", response: key },
  rotateKey: {
    method: "POST", path: `${consumers}/{name}/keys/{id}/rotate`, tag: "consumers", role: "editor", status: 201,
    summary: "Make a key in the place of another, which ends when the grace is over; the new secret is in this answer and never again",
    body: z.strictObject({ grace: z.string().default("7d"), name: entityName.optional() }), response: keyRotation,
  },
  getKeyUse: { method: "GET", path: `${consumers}/{name}/keys/{id}/use`, tag: "consumers", role: "viewer", summary: "Who has used a key lately: addresses and programs", query: z.object({ within: z.string().default("7d").describe("How far back, such as 24h or 7d.") }), response: keyUse },
  revokeKey: { method: "DELETE", path: `${consumers}/{name}/keys/{id}`, tag: "consumers", role: "editor", guard: "change", summary: "Revoke a key", status: 204 },

  listTeams: { method: "GET", path: "/api/teams", tag: "consumers", role: "viewer", summary: "All teams", response: entityKinds.team.list },
  getTeam: { method: "GET", path: "/api/teams/{name}", tag: "consumers", role: "viewer", summary: "One team", response: entityKinds.team.entity },
  putTeam: { method: "PUT", path: "/api/teams/{name}", tag: "consumers", role: "editor", guard: "create-or-change", summary: "Create or replace a team", body: entityKinds.team.write, response: entityKinds.team.entity },
  patchTeam: { method: "PATCH", path: "/api/teams/{name}", tag: "consumers", role: "editor", guard: "change", summary: "Change a team by JSON merge patch", body: z.record(z.string(), z.unknown()), response: entityKinds.team.entity },
  deleteTeam: { method: "DELETE", path: "/api/teams/{name}", tag: "consumers", role: "editor", guard: "change", summary: "Delete a team", status: 204 },

  listPrompts: { method: "GET", path: "/api/prompts", tag: "ai", role: "viewer", summary: "All prompts", response: entityKinds.prompt.list },
  getPrompt: { method: "GET", path: "/api/prompts/{name}", tag: "ai", role: "viewer", summary: "One prompt", response: entityKinds.prompt.entity },
  putPrompt: { method: "PUT", path: "/api/prompts/{name}", tag: "ai", role: "editor", guard: "create-or-change", summary: "Create or replace a prompt", body: entityKinds.prompt.write, response: entityKinds.prompt.entity },
  patchPrompt: { method: "PATCH", path: "/api/prompts/{name}", tag: "ai", role: "editor", guard: "change", summary: "Change a prompt by JSON merge patch", body: z.record(z.string(), z.unknown()), response: entityKinds.prompt.entity },
  deletePrompt: { method: "DELETE", path: "/api/prompts/{name}", tag: "ai", role: "editor", guard: "change", summary: "Delete a prompt", status: 204 },

  getTelemetry: { method: "GET", path: "/api/settings/telemetry", tag: "settings", role: "viewer", summary: "Where spans and metrics are sent", response: settingKinds.telemetry.entity },
  putTelemetry: { method: "PUT", path: "/api/settings/telemetry", tag: "settings", role: "editor", guard: "change", summary: "Change where spans and metrics are sent", body: settingKinds.telemetry.write, response: settingKinds.telemetry.entity },
  getAiSettings: { method: "GET", path: "/api/settings/ai", tag: "settings", role: "viewer", summary: "Where the AI endpoints are mounted", response: settingKinds.ai.entity },
  putAiSettings: { method: "PUT", path: "/api/settings/ai", tag: "settings", role: "editor", guard: "change", summary: "Change where the AI endpoints are mounted", body: settingKinds.ai.write, response: settingKinds.ai.entity },
  getLogging: { method: "GET", path: "/api/settings/logging", tag: "settings", role: "viewer", summary: "What is logged, and for how long", response: settingKinds.logging.entity },
  putLogging: { method: "PUT", path: "/api/settings/logging", tag: "settings", role: "editor", guard: "change", summary: "Change what is logged", body: settingKinds.logging.write, response: settingKinds.logging.entity },

  listCalls: { method: "GET", path: "/api/calls", tag: "calls", role: "viewer", summary: "Calls, newest first or sorted by a figure, page by page", query: callQuery, response: callPage },
  liveCalls: { method: "GET", path: "/api/calls/live", tag: "calls", role: "viewer", summary: "Calls as they end, as server-sent events named `call`; `dropped` says how many did not fit", query: callFilter, response: callRecord, stream: true },
  callFacets: { method: "GET", path: "/api/calls/facets", tag: "calls", role: "viewer", summary: "How many calls a query finds, and the commonest values of fields among them", query: facetsQuery, response: facets },
  callFields: { method: "GET", path: "/api/calls/fields", tag: "calls", role: "viewer", summary: "What can stand next in a query: fields, and after a colon the commonest values", query: completionQuery, response: completions },
  exportCalls: { method: "GET", path: "/api/calls/export", tag: "calls", role: "viewer", summary: "The calls that a query finds, as a file: CSV, NDJSON or Parquet", query: exportQuery, response: z.string(), media: ["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"] },
  watchLive: {
    method: "GET", path: "/api/live", tag: "calls", role: "viewer", stream: true, query: liveQuery, response: liveEvent,
    summary: "Calls, conflicts and a summary a second, as they happen, as server-sent events; `dropped` and `leftOut` say what did not fit, Last-Event-ID goes on after a call, `gap` says that it is too long ago",
  },
  getCallBodies: { method: "GET", path: "/api/calls/{id}/bodies", tag: "calls", role: "editor", summary: "What was sent and answered, where `logging.bodies` had it kept, redacted", query: bodiesQuery, response: callBodies },
  getCall: { method: "GET", path: "/api/calls/{id}", tag: "calls", role: "viewer", summary: "One call", response: callRecord },

  tryCall: {
    method: "POST", path: "/api/try", tag: "calls", role: "editor", stream: true, body: callToTry, response: tryEvent,
    summary: "Make a call through the gateway as the consumer playground, with a key of one's own that lives for minutes; the answer as server-sent events `head`, `text` or `bytes`, `end`",
  },
  tryElsewhere: {
    method: "POST", path: "/api/try/elsewhere", tag: "calls", role: "editor", stream: true, body: callElsewhere, response: tryEvent,
    summary: "Make a call to a server on the public internet that is none of the services, beside the gateway: to compare its answer; the same events",
  },

  getOverview: { method: "GET", path: "/api/overview", tag: "analysis", role: "viewer", summary: "Rate, errors, latency, conflicts, tokens and cost of a range, from rollups; `compare=previous` adds the range before", query: overviewQuery, response: overview },
  analyse: { method: "GET", path: "/api/analysis", tag: "analysis", role: "viewer", summary: "Calls by one or two fields, with sums and percentiles", query: analysisQuery, response: analysis },
  heatMap: { method: "GET", path: "/api/analysis/heatmap", tag: "analysis", role: "viewer", summary: "Calls by time and latency", query: heatMapQuery, response: heatMap },
  explainChange: { method: "GET", path: "/api/analysis/explain", tag: "analysis", role: "viewer", summary: "What changed: the values that explain how a measure moved from a baseline", query: explainQuery, response: explanation },

  listAlerts: { method: "GET", path: "/api/alerts", tag: "alerts", role: "viewer", summary: "All alerts", response: entityKinds.alert.list },
  previewAlert: { method: "POST", path: "/api/alerts/preview", tag: "alerts", role: "viewer", summary: "When an alert would have fired, on the calls of the last week", body: alertPreviewAsked, response: alertPreview },
  getAlert: { method: "GET", path: "/api/alerts/{name}", tag: "alerts", role: "viewer", summary: "One alert", response: entityKinds.alert.entity },
  putAlert: { method: "PUT", path: "/api/alerts/{name}", tag: "alerts", role: "editor", guard: "create-or-change", summary: "Create or replace an alert", body: entityKinds.alert.write, response: entityKinds.alert.entity },
  patchAlert: { method: "PATCH", path: "/api/alerts/{name}", tag: "alerts", role: "editor", guard: "change", summary: "Change an alert by JSON merge patch", body: z.record(z.string(), z.unknown()), response: entityKinds.alert.entity },
  deleteAlert: { method: "DELETE", path: "/api/alerts/{name}", tag: "alerts", role: "editor", guard: "change", summary: "Delete an alert", status: 204 },
  acknowledgeAlert: { method: "POST", path: "/api/alerts/{name}/acknowledge", tag: "alerts", role: "editor", summary: "Say that somebody looks after a firing alert: it is not repeated", response: alertState },
  silenceAlert: { method: "POST", path: "/api/alerts/{name}/silence", tag: "alerts", role: "editor", summary: "Send nothing of an alert for a while; it is watched, and its history written, all the same", body: silenceAsked, response: alertState },
  unsilenceAlert: { method: "DELETE", path: "/api/alerts/{name}/silence", tag: "alerts", role: "editor", summary: "End a silence", status: 204 },
  listAlertStates: { method: "GET", path: "/api/alert-states", tag: "alerts", role: "viewer", summary: "How each alert stands, the firing ones first", response: z.object({ items: z.array(alertState) }) },
  listAlertEvents: { method: "GET", path: "/api/alert-events", tag: "alerts", role: "viewer", summary: "What alerts did and what became of their messages, newest first", query: alertEventQuery, response: z.object({ items: z.array(alertEvent), next: z.string().nullable() }) },

  listChannels: { method: "GET", path: "/api/channels", tag: "alerts", role: "viewer", summary: "All channels that alerts are sent to", response: entityKinds.channel.list },
  getChannel: { method: "GET", path: "/api/channels/{name}", tag: "alerts", role: "viewer", summary: "One channel", response: entityKinds.channel.entity },
  putChannel: { method: "PUT", path: "/api/channels/{name}", tag: "alerts", role: "editor", guard: "create-or-change", summary: "Create or replace a channel", body: entityKinds.channel.write, response: entityKinds.channel.entity },
  patchChannel: { method: "PATCH", path: "/api/channels/{name}", tag: "alerts", role: "editor", guard: "change", summary: "Change a channel by JSON merge patch", body: z.record(z.string(), z.unknown()), response: entityKinds.channel.entity },
  deleteChannel: { method: "DELETE", path: "/api/channels/{name}", tag: "alerts", role: "editor", guard: "change", summary: "Delete a channel", status: 204 },
  testChannel: { method: "POST", path: "/api/channels/{name}/test", tag: "alerts", role: "editor", summary: "Send a message to a channel now, and tell what its receiver says", response: channelTest },

  listSearches: { method: "GET", path: "/api/searches", tag: "calls", role: "viewer", summary: "One's own saved searches of the call log", response: savedSearches },
  putSearch: { method: "PUT", path: "/api/searches/{name}", tag: "calls", role: "viewer", guard: "create-or-change", summary: "Save a search under a name, for oneself", body: searchWrite, response: savedSearch },
  deleteSearch: { method: "DELETE", path: "/api/searches/{name}", tag: "calls", role: "viewer", guard: "change", summary: "Forget a saved search", status: 204 },

  listConflicts: { method: "GET", path: "/api/conflicts", tag: "conflicts", role: "viewer", summary: "Conflicts, newest first; `state=potential` are those that have not happened yet", query: conflictQuery, response: conflictPage },
  summarizeConflicts: { method: "GET", path: "/api/conflicts/summary", tag: "conflicts", role: "viewer", summary: "How many conflicts of which kind, and where most of them are", query: conflictSummaryQuery, response: conflictSummary },
  getConflictMatrix: { method: "GET", path: "/api/conflicts/matrix", tag: "conflicts", role: "viewer", summary: "Who collides with whom on what, the worst first", query: conflictSummaryQuery, response: conflictMatrix },
  adviseOnConflicts: { method: "GET", path: "/api/conflicts/advice", tag: "conflicts", role: "viewer", summary: "What each mode and strategy would have made of the recorded conflicts", query: adviceQuery, response: advice },
  getConflict: { method: "GET", path: "/api/conflicts/{id}", tag: "conflicts", role: "viewer", summary: "One conflict", response: conflictRecord },
  listGuarantees: { method: "GET", path: "/api/guarantees", tag: "conflicts", role: "viewer", summary: "What each service really guarantees to its writers at this moment", response: z.object({ items: z.array(routeGuarantee) }) },

  previewProtection: { method: "GET", path: `${services}/{name}/protection`, tag: "conflicts", role: "viewer", summary: "What the calls of the last week would have met in another mode or with another strategy", query: previewQuery, response: protectionPreview },

  listLeases: { method: "GET", path: "/api/leases", tag: "conflicts", role: "viewer", summary: "Leases in force, the newest first", query: leaseQuery, response: leaseList },
  getLease: { method: "GET", path: "/api/leases/{id}", tag: "conflicts", role: "viewer", summary: "One lease", response: shownLease },
  listBypasses: { method: "GET", path: "/api/bypasses", tag: "conflicts", role: "viewer", summary: "Writes past the gateway that were found, the last of each service: why it guarantees less", response: bypassList },
  forgetBypass: { method: "DELETE", path: "/api/bypasses/{service}", tag: "conflicts", role: "editor", guard: "change", summary: "Say that nobody writes past the gateway any more, so that the service guarantees what it did before", status: 204 },
  breakLease: { method: "DELETE", path: "/api/leases/{id}", tag: "conflicts", role: "editor", guard: "change", summary: "End somebody's lease: what its holder has on the way is not applied, and the resource rests", status: 204 },
  getHistory: { method: "GET", path: "/api/resources/history", tag: "conflicts", role: "viewer", summary: "The revisions of one resource of a guarded service, newest first", query: historyQuery, response: history },
  getVersion: { method: "GET", path: "/api/resources/version", tag: "conflicts", role: "editor", summary: "One revision's body, where it is kept", query: versionQuery, response: keptVersion },
  restoreVersion: { method: "POST", path: "/api/resources/restore", tag: "conflicts", role: "editor", guard: "change", summary: "Write a kept version again, as a guarded write through the gateway; If-Match is the history's etag", body: restoration, response: restored },

  getRollout: { method: "GET", path: "/api/services/{name}/rollout", tag: "services", role: "viewer", summary: "How the release of a service goes: its share, both arms, and the tests that compare them", response: rollout },
  orderRollout: { method: "POST", path: "/api/services/{name}/rollout", tag: "services", role: "editor", summary: "Promotes a release, takes it back at once, or pauses, resumes or restarts its rollout", body: rolloutOrder, response: orderedRollout },
  listCaches: { method: "GET", path: "/api/cache", tag: "services", role: "viewer", summary: "What is kept of services' answers, and how often it was of use, over all gateway workers", response: cacheList },
  purgeCache: { method: "DELETE", path: "/api/cache", tag: "services", role: "editor", summary: "Forget what is kept of answers: everything, one service's, or a path's and what lies below it", query: cachePurge, response: purged },
  getMirror: { method: "GET", path: "/api/services/{name}/mirror", tag: "services", role: "viewer", summary: "How the answers of a service's mirror compare with its own: counted by place, with an example of each", response: mirrorReport },
  forgetMirror: { method: "DELETE", path: "/api/services/{name}/mirror", tag: "services", role: "editor", summary: "Begin to count a mirror's answers anew", status: 204 },
  listTargets: { method: "GET", path: "/api/targets", tag: "services", role: "viewer", summary: "How the targets of services are, as each gateway worker sees them", query: z.object({ service: ofService }), response: z.object({ items: z.array(targetState) }) },

  listNames: { method: "GET", path: "/api/names", tag: "configuration", role: "viewer", summary: "The names of everything that is configured, by its kind", response: entityNames },
  getConfiguration: { method: "GET", path: "/api/config", tag: "configuration", role: "viewer", summary: "The whole configuration as parley.yaml; secrets read as variables", response: z.object({ yaml: z.string(), etag: z.string() }) },
  planConfiguration: { method: "POST", path: "/api/config/plan", tag: "configuration", role: "viewer", summary: "What applying a file would change", body: configurationFile, response: plan },
  applyConfiguration: {
    method: "POST", path: "/api/config/apply", tag: "configuration", role: "editor", guard: "change", summary: "Make the configuration what the file says; If-Match is the plan's base",
    body: configurationFile, response: plan,
  },
  checkConfiguration: { method: "POST", path: "/api/config/check", tag: "configuration", role: "viewer", summary: "What is wrong with a file", body: configurationFile, response: z.object({ diagnostics: z.array(diagnostic) }) },

  listAudit: { method: "GET", path: "/api/audit", tag: "audit", role: "owner", summary: "Every change, newest first", query: z.object({ ...page, kind: z.string().optional().describe("Only changes of this kind of thing, such as service or consumer."), name: z.string().optional().describe("Only changes of what has this name."), actor: z.string().optional().describe("Only changes by this person.") }), response: z.object({ items: z.array(auditEntry), next: z.string().nullable() }) },
  getSpend: { method: "GET", path: "/api/spend", tag: "calls", role: "viewer", summary: "What AI calls cost, by consumer, key, team, model, provider or service", query: spendQuery, response: spend },
  getStatus: { method: "GET", path: "/api/status", tag: "system", role: "viewer", summary: "How Parley itself is doing", response: status },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
