/** People who may sign in. */
import type { Person } from "@parley/contract/api/people";
import type { AuditEntry } from "@parley/contract/api/system";
import type { AuditDraft, Json, PersonOutcome, StoredPerson } from "@parley/stores/ports/config-store";
import { deedDraft, type Actor } from "../../configuration/audit-drafts.ts";
import { asPatch, difference } from "../../json/difference.ts";
import { refuse } from "../../refusal.ts";
import { signInUrl } from "../../sign-in/sign-in.ts";
import type { ControlPlane } from "../control-plane.ts";
import { etagOf, expectTag, type Precondition } from "../etag.ts";
import type { Handlers } from "../handler.ts";

export function peopleHandlers(plane: ControlPlane): Pick<Handlers, "listPeople" | "addPerson" | "getPerson" | "changePerson" | "removePerson" | "renewLink"> {
  const { people } = plane.store;
  const find = async (name: string): Promise<StoredPerson> => (await people.get(name)) ?? refuse("not-found", `nobody is called ${name}`);
  return {
    listPeople: async () => ({ body: { items: (await people.list()).map(shownPerson) } }),
    getPerson: async ({ path }) => tagged(await find(path.name)),
    addPerson: async ({ body, actor, origin }) => {
      const person = await people.add({ ...body, at: plane.now() }, [draft(plane, actor, { action: "create", name: body.name, after: body })]);
      if (!person) refuse("exists", `somebody is called ${(await people.get(body.name))?.name ?? body.name} already`);
      return { body: { person: shownPerson(person), link: await newLink(plane, person.name, origin) }, tag: person.tag };
    },
    changePerson: async ({ path, body, actor, precondition }) => {
      const person = await find(path.name);
      const after = { role: body.role ?? person.role, disabled: body.disabled ?? person.disabled };
      const audit = draft(plane, actor, { action: "change", name: person.name, before: { role: person.role, disabled: person.disabled }, after });
      const change = { name: person.name, expected: expectedTags(precondition, person), ...after };
      const changed = settled(await people.change(change, [audit]), person.name);
      if (changed.disabled) plane.live.endFor(person.name, null);
      return tagged(changed);
    },
    removePerson: async ({ path, actor, precondition }) => {
      const person = await find(path.name);
      const audit = draft(plane, actor, { action: "delete", name: person.name, before: { role: person.role } });
      settled(await people.remove({ name: person.name, expected: expectedTags(precondition, person) }, [audit]), person.name);
      plane.live.endFor(person.name, null);
      return {};
    },
    renewLink: async ({ path, actor, origin }) => {
      const person = await find(path.name);
      if (person.disabled) refuse("in-use", `${person.name} is disabled`, { fix: "Enable the person first." });
      await plane.store.audit.add([draft(plane, actor, { action: "change", name: person.name, after: { link: "renewed" } })]);
      return { body: await newLink(plane, person.name, origin) };
    },
  };
}

function tagged(person: StoredPerson): { body: Person; tag: string } {
  return { body: shownPerson(person), tag: person.tag };
}

async function newLink(plane: ControlPlane, name: string, origin: string): Promise<{ url: string; expiresAt: string }> {
  const { token, expiresAt } = await plane.signIn.newLink(name);
  return { url: signInUrl(origin, token), expiresAt: new Date(expiresAt).toISOString() };
}

/** What the store is to compare with, inside its transaction; `null` where any state will do. */
function expectedTags(precondition: Precondition, person: StoredPerson): string[] | null {
  expectTag(precondition, person, person.name);
  return precondition.kind === "tags" ? precondition.tags : null;
}

function settled(outcome: PersonOutcome, name: string): StoredPerson {
  switch (outcome.outcome) {
    case "done": return outcome.person;
    case "absent": return refuse("not-found", `nobody is called ${name}`);
    case "stale": return refuse("precondition-failed", `${name} was changed since it was read`, { headers: { ETag: etagOf(outcome.person.tag) } });
    case "last-owner": return refuse("last-owner", `${name} is the last enabled owner`);
  }
}

function shownPerson(person: StoredPerson): Person {
  return {
    name: person.name, role: person.role, disabled: person.disabled, active: person.passwordHash !== null, etag: etagOf(person.tag),
    createdAt: new Date(person.createdAt).toISOString(), ...(person.lastSeenAt === null ? {} : { lastSeenAt: new Date(person.lastSeenAt).toISOString() }),
  };
}

function draft(plane: ControlPlane, actor: Actor, of: { action: AuditEntry["action"]; name: string; before?: Json; after?: Json }): AuditDraft {
  return deedDraft({ action: of.action, kind: "person", name: of.name, changes: asPatch(difference(of.before, of.after)) }, { ...actor, at: plane.now() });
}
