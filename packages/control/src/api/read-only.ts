/** The refusal in file mode: with the YAML that would make the change, at its place, ready to be pasted. */
import { entryYaml } from "../configuration/yaml.ts";
import type { Kind } from "../configuration/entity.ts";
import type { Json } from "@parley/stores/ports/config-store";
import { refuse } from "../refusal.ts";
import type { ControlPlane } from "./control-plane.ts";

export function refuseReadOnly(plane: Pick<ControlPlane, "options">, entry: { kind: Kind; name: string; spec: Json; removal?: boolean }): never {
  const file = plane.options.file ?? "the configuration file";
  const yaml = entryYaml(entry.kind, entry.name, entry.spec);
  refuse("read-only-configuration", `the configuration comes from ${file}`, {
    extensions: { yaml: entry.removal ? `# Take this entry out of the file:\n${yaml}` : yaml, file },
    ...(entry.removal ? { fix: `Take the entry that the answer shows out of ${file}; that is taken over by itself.` } : {}),
  });
}
