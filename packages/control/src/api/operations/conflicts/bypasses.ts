/** Writes past the gateway that were found, and how an operator who has put an end to them says so. */
import type { ShownBypass } from "@parley/contract/api/bypasses";
import type { Bypass } from "@parley/stores/ports/bypasses";
import { deedDraft } from "../../../configuration/audit-drafts.ts";
import { refuse } from "../../../refusal.ts";
import type { ControlPlane } from "../../control-plane.ts";
import { etagOf, expectTag } from "../../etag.ts";
import type { Handlers } from "../../handler.ts";
import { ledgerAnswer } from "./ledger-answer.ts";

export function bypassHandlers(plane: ControlPlane): Pick<Handlers, "listBypasses" | "forgetBypass"> {
  return {
    listBypasses: async () => {
      const found = await ledgerAnswer(() => plane.ledger.listBypasses({ service: null }));
      return { body: { items: await Promise.all(found.map((bypass) => shown(plane, bypass))) } };
    },
    forgetBypass: async ({ path, precondition, actor }) => {
      const [found] = await ledgerAnswer(() => plane.ledger.listBypasses({ service: path.service }));
      const bypass = found ?? refuse("not-found", `no write past the gateway is on record for ${path.service.slice(0, 100)}`, { fix: "Nothing has to be forgotten: GET /api/bypasses lists what is." });
      expectTag(precondition, { tag: tagOf(bypass) }, `the bypass of ${bypass.service}`);
      const { service, path: resource, foundAt } = bypass;
      const { forgotten } = await ledgerAnswer(() => plane.ledger.forgetBypass({ service, foundAt }));
      if (!forgotten) refuse("precondition-failed", `another write past the gateway was found on ${service} meanwhile`);
      const value = { resource, foundAt: new Date(foundAt).toISOString() };
      await plane.store.audit.add([deedDraft({ action: "delete", kind: "bypass", name: service, changes: [{ op: "remove", path: "", value }] }, { ...actor, at: plane.now() })]);
      return {};
    },
  };
}

function tagOf({ foundAt }: Bypass): string {
  return foundAt.toString(36);
}

/** So many resources of each service say enough of where to look. */
const shownResources = 20;

async function shown(plane: ControlPlane, bypass: Bypass): Promise<ShownBypass> {
  const { path, service, foundAt } = bypass;
  const resources = await ledgerAnswer(() => plane.ledger.listBypassed({ service, limit: shownResources }));
  return { service, foundAt, resource: path, resources: resources.map(({ path: resource, ...rest }) => ({ resource, ...rest })), etag: etagOf(tagOf(bypass)) };
}
