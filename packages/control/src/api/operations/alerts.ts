/** How alerts stand, what they did, previews, silences, and a message on trial. */
import { deedDraft } from "../../configuration/audit-drafts.ts";
import { refuse } from "../../refusal.ts";
import type { AlertMessage } from "../../alerts/message.ts";
import { sendOver } from "../../alerts/start-alerts.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";
import { fromCallLog } from "./from-call-log.ts";

type Names = "previewAlert" | "acknowledgeAlert" | "silenceAlert" | "unsilenceAlert" | "listAlertStates" | "listAlertEvents" | "testChannel";

const weekMs = 7 * 86_400_000;
const longestPreviewMs = 62 * 86_400_000;

export function alertHandlers(plane: ControlPlane): Pick<Handlers, Names> {
  const { alerts } = plane;
  return {
    previewAlert: async ({ body, signal }) => {
      const to = body.to ?? plane.now();
      const from = body.from ?? to - weekMs;
      if (from >= to) refuse("invalid-parameter", "`from` is not before `to`");
      if (to - from > longestPreviewMs) refuse("invalid-parameter", "a preview looks at 62 days at most");
      return { body: await fromCallLog(() => alerts.preview(body.spec, { from, to, signal })) };
    },
    acknowledgeAlert: async ({ path, actor }) => {
      expectAlert(plane, path.name);
      return { body: (await alerts.acknowledge(path.name, actor)) ?? refuse("alert-not-firing", `the alert ${path.name} does not fire`) };
    },
    silenceAlert: async ({ path, body, actor }) => {
      expectAlert(plane, path.name);
      const state = await alerts.silence(path.name, actor, { until: plane.now() + body.minutes * 60_000, reason: body.reason });
      return { body: state ?? refuse("not-found", `there is no alert ${path.name}`) };
    },
    unsilenceAlert: async ({ path, actor }) => {
      expectAlert(plane, path.name);
      await alerts.unsilence(path.name, actor);
      return {};
    },
    listAlertStates: async () => ({ body: { items: alerts.states() } }),
    listAlertEvents: async ({ query }) => {
      const items = await plane.store.alerts.events({ alert: query.alert, before: query.after, limit: query.limit + 1 });
      const page = items.slice(0, query.limit);
      return { body: { items: page, next: items.length > page.length ? String(page.at(-1)?.id) : null } };
    },
    testChannel: async ({ path, actor }) => {
      const began = performance.now();
      const message = testMessage(plane, path.name, actor.name);
      if (!plane.configuration.entities.has("channel", path.name)) refuse("not-found", `there is no channel ${path.name}`);
      // Before anything leaves the house, so that nothing leaves it unseen.
      await plane.store.audit.add([deedDraft({ action: "test", kind: "channel", name: path.name, changes: [{ op: "add", path: "", value: { message: message.id } }] }, { ...actor, at: plane.now() })]);
      const sent = (await sendOver(plane, path.name, message)) ?? refuse("not-found", `there is no channel ${path.name}`);
      return { body: { ...sent, id: message.id, tookMs: Math.round(performance.now() - began) } };
    },
  };
}

function expectAlert(plane: ControlPlane, name: string): void {
  if (!plane.configuration.entities.has("alert", name)) refuse("not-found", `there is no alert ${name}`);
}

function testMessage(plane: ControlPlane, channel: string, by: string): AlertMessage {
  const at = plane.now();
  const reason = `${by} asked for this message, to see whether it arrives; nothing is wrong`;
  const news = { alert: "test", state: "test", severity: "info", metric: "calls", service: null, since: at, at, value: null, reason, description: null, query: "", link: plane.publicOrigin() } as const;
  return { id: plane.random(16).toString("hex"), at, channel, alerts: [news] };
}
