/** Settings are always there: where none are written, everything has its default. */
import type { HeldEntity } from "./entity.ts";
import { settingsNames } from "./entity.ts";

export function defaultSettings(origin: HeldEntity["origin"]): HeldEntity[] {
  return settingsNames.map((name) => ({ kind: "settings", name, spec: {}, origin, tag: "default", updatedAt: 0, updatedBy: "default" }));
}
