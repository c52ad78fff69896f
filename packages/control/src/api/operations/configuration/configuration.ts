/** The configuration as one file: exported, checked, planned and applied. */
import { etagOf, expectTag } from "../../etag.ts";
import { givenDocuments } from "../../../documents/given-documents.ts";
import { changesOf, writesFor, type Wanted } from "../../../configuration/plan.ts";
import { configurationYaml } from "../../../configuration/yaml.ts";
import { refuseInFile } from "../../../configuration/posted-mistakes.ts";
import { readPostedFile, type PostedFile, type PostedReading } from "../../../configuration/read-posted-file.ts";
import type { Actor, Write } from "../../../configuration/audit-drafts.ts";
import type { Plan } from "@parley/contract/api/system";
import { refuse, RefusalError } from "../../../refusal.ts";
import { newToken } from "../../../sign-in/tokens.ts";
import type { ControlPlane } from "../../control-plane.ts";
import type { Handler, Handlers } from "../../handler.ts";
import { newKeyId } from "./keys.ts";

export function configurationHandlers(plane: ControlPlane): Pick<Handlers, "getConfiguration" | "planConfiguration" | "applyConfiguration" | "checkConfiguration"> {
  return {
    getConfiguration: async () => {
      const { entities, tag } = plane.configuration;
      return { body: { yaml: configurationYaml(entities), etag: etagOf(tag) }, tag };
    },
    checkConfiguration: async ({ body }) => ({ body: { diagnostics: read(plane, body).diagnostics } }),
    planConfiguration: async ({ body, actor }) => {
      const { tag } = plane.configuration;
      const { wanted, diagnostics } = read(plane, body);
      const changes = wanted ? changesOf(writes(plane, { wanted, actor }), plane.configuration.entities) : [];
      return { body: { base: etagOf(tag), changes, diagnostics }, tag };
    },
    applyConfiguration: applyConfiguration(plane),
  };
}

function applyConfiguration(plane: ControlPlane): Handler<"applyConfiguration"> {
  return async ({ body, actor, precondition }) => {
    if (!plane.database) refuse("read-only-configuration", `the configuration comes from ${plane.options.file}`, { fix: `Change ${plane.options.file}; that is taken over by itself.`, extensions: { yaml: body.yaml } });
    const { wanted, diagnostics } = read(plane, body);
    if (!wanted) refuse("invalid-body", "the file has errors; nothing was changed", { fix: "Correct what `diagnostics` names.", extensions: { diagnostics } });
    let changes: Plan["changes"] = [];
    const { stored } = plane.database;
    const fetched = (await Promise.all(wanted.entities.flatMap(({ kind, name, spec }) => (kind === "service" ? [givenDocuments(name, spec, { stored, texts: body.documents ?? {}, reader: plane.documentReader })] : [])))).flat();
    const changing = plane.database.change(actor, (state) => {
      expectPlanned(() => expectTag(precondition, { tag: state.tag }, "the configuration"));
      const made = [...writes(plane, { wanted, actor }), ...fetched];
      changes = changesOf(made, state.inForce);
      return made;
    });
    await changing.catch((error: unknown) => refuseInFile(error, body, wanted));
    const { tag } = plane.configuration;
    return { body: { base: etagOf(tag), changes, diagnostics }, tag };
  };
}

function read(plane: ControlPlane, posted: PostedFile): PostedReading {
  return readPostedFile(posted, plane.configuration.entities, `kept-${newToken(plane.random)}`);
}

function writes(plane: ControlPlane, { wanted, actor }: { wanted: Wanted; actor: Actor }): Write[] {
  const inForce = plane.configuration.entities;
  const state = { inForce, stored: plane.database?.stored ?? inForce };
  return writesFor(wanted, state, { masterKey: plane.masterKey, newKeyId: () => newKeyId(plane), actor: actor.name, now: plane.now });
}

/** A stale base is a stale plan. */
function expectPlanned(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof RefusalError && error.refusal.code === "precondition-failed") refuse("stale-plan", "the configuration was changed after the plan was made", error.refusal.headers ? { headers: error.refusal.headers } : {});
    throw error;
  }
}
