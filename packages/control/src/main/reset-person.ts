/**
 * A new sign-in link for somebody who lost their password, made on the machine itself: whoever may read the data
 * directory may do it. Works beside a running control plane.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dataDirectory } from "@parley/contract/data-directory";
import type { RunningFile } from "@parley/contract/processes";
import { openEmbeddedConfigStore } from "@parley/stores/embedded/config-store";
import type { ConfigStore } from "@parley/stores/ports/config-store";
import { createLink, signInUrl } from "../sign-in/sign-in.ts";

export interface ResetLink {
  url: string;
  expiresAt: Date;
  /** Whose it is; null when it lets the first person in. */
  name: string | null;
}

/** With a null name: the first person, or the only owner. Throws an Error whose message can be shown. */
export async function resetPerson(data: string, name: string | null, now: () => number = Date.now): Promise<ResetLink> {
  const place = dataDirectory(data);
  if (!existsSync(place.configDatabase)) throw new Error(`${data} holds no configuration database; start Parley once with ./parley up`);
  const store = openEmbeddedConfigStore(place.configDatabase);
  try {
    const person = await choosePerson(store, name);
    const at = now();
    const { token, expiresAt } = await createLink(store, { person, random: randomBytes, at });
    await store.audit.add([{ at, actor: "cli", action: "change", kind: "person", name: person ?? "", changes: [{ op: "replace", path: "", value: { link: "renewed" } }] }]);
    return { url: signInUrl(adminUrl(place.running), token), expiresAt: new Date(expiresAt), name: person };
  } finally {
    await store.close();
  }
}

async function choosePerson(store: ConfigStore, name: string | null): Promise<string | null> {
  const people = await store.people.list();
  if (people.length === 0) return null;
  const listed = `there are: ${people.map((person) => person.name).join(", ")}`;
  if (name === null) {
    const owners = people.filter((person) => person.role === "owner" && !person.disabled);
    if (owners.length !== 1) throw new Error(`say whose link it is to be; ${listed}`);
    return owners[0]?.name ?? null;
  }
  const person = await store.people.get(name);
  if (!person) throw new Error(`nobody is called ${name}; ${listed}`);
  if (person.disabled) throw new Error(`${name} is disabled; an owner has to enable them first`);
  return person.name;
}

/** Where it runs, or where it usually does. */
function adminUrl(runningFile: string): string {
  try {
    return (JSON.parse(readFileSync(runningFile, "utf8")) as RunningFile).adminUrl;
  } catch {
    return "http://127.0.0.1:8081";
  }
}
