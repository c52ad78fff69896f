/**
 * The keys with which people's own calls go through the gateway: made when they are first needed, in force for a few
 * minutes, known to this process and (as hashes) to the gateways, and to nobody else; the person never sees them. They are
 * in the snapshot only, so that they work where the configuration is a file, and end with this process.
 */
import { tryConsumer } from "@parley/contract/api/try-call";
import { consumer } from "@parley/contract/config/consumer";
import { hashKey } from "@parley/contract/secrets";
import type { SnapshotKey } from "@parley/contract/snapshot";
import { deedDraft, type Actor } from "../configuration/audit-drafts.ts";
import type { ControlPlane } from "../api/control-plane.ts";
import { base62, newConsumerKey } from "../sign-in/tokens.ts";

const lifeMs = 15 * 60_000;
/** A key with less than this left is not used for another call, which may be long in coming. */
const restMs = 60_000;

interface PersonKey {
  secret: string;
  hash: string;
  value: SnapshotKey;
  expiresAt: number;
}

export type PersonKeyPorts = Pick<ControlPlane, "publisher" | "random" | "now" | "store">;

export class PersonKeys {
  /** One a person: as bounded as the people who may sign in. */
  readonly #keys = new Map<string, PersonKey>();
  readonly #ports: PersonKeyPorts;

  constructor(ports: PersonKeyPorts) {
    this.#ports = ports;
  }

  /** Published, though a gateway may not have it yet. */
  async secretOf(actor: Actor): Promise<string> {
    const { publisher, now } = this.#ports;
    const known = this.#keys.get(actor.name);
    const key = known && known.expiresAt - restMs > now() ? known : await this.#make(actor);
    // A configuration that was published as a whole has swept it away.
    if (publisher.text("key", key.hash) === undefined) await publisher.publish([{ kind: "key", name: key.hash, value: key.value }]);
    if (publisher.text("consumer", tryConsumer) === undefined) await publisher.publish([{ kind: "consumer", name: tryConsumer, value: consumer.parse({}) }]);
    return key.secret;
  }

  async #make(actor: Actor): Promise<PersonKey> {
    const { publisher, random, now, store } = this.#ports;
    const secret = newConsumerKey(random);
    const expiresAt = now() + lifeMs;
    const hash = hashKey(secret);
    const key: PersonKey = { secret, hash, expiresAt, value: { id: `try_${base62(random(32)).slice(-20)}`, name: actor.name, consumer: tryConsumer, expiresAt } };
    const over = [...this.#keys].filter(([person, { expiresAt: ended }]) => person === actor.name || ended <= now());
    for (const [person] of over) this.#keys.delete(person);
    this.#keys.set(actor.name, key);
    const shown = { consumer: tryConsumer, name: actor.name, expiresAt: new Date(expiresAt).toISOString() };
    await store.audit.add([deedDraft({ action: "create", kind: "key", name: `${tryConsumer}/${actor.name}`, changes: [{ op: "add", path: "", value: shown }] }, { ...actor, at: now() })]);
    await publisher.publish([...over.map(([, { hash: ended }]) => ({ kind: "key" as const, name: ended, value: null })), { kind: "key", name: hash, value: key.value }]);
    return key;
  }
}
