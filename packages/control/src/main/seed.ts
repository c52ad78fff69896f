/** What a database holds that nobody has used yet: the sandbox, and an application with a key, so that a first call works at once. */
import { newKey } from "../api/operations/configuration/keys.ts";
import type { DatabaseConfiguration } from "../configuration/database-configuration.ts";
import type { RandomBytes } from "../sign-in/tokens.ts";

export const firstConsumer = "first-app";

/** The key's secret, which is told once; null where there was something already. */
export async function seed(configuration: DatabaseConfiguration, ports: { random: RandomBytes; now: () => number }): Promise<string | null> {
  if (!configuration.untouched) return null;
  const key = newKey(ports, { consumer: firstConsumer, name: "default", createdBy: "start" });
  await configuration.change({ name: "start" }, (state) => [
    ...(state.inForce.has("provider", "sandbox") ? [] : [{ kind: "provider" as const, name: "sandbox", spec: {} }]),
    { kind: "consumer", name: firstConsumer, spec: {} },
    { kind: "key", name: key.id, spec: { ...key.spec } },
  ]);
  return key.secret;
}
