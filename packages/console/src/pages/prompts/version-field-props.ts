import type { PromptVersion } from "./versions.ts";

/** What a part of a version's form gets. */
export interface VersionFieldProps {
  version: PromptVersion;
  faults: ReadonlyMap<string, string>;
  /** Where the version stands in the spec. */
  place: readonly string[];
  readOnly: boolean;
  onChange: (version: PromptVersion) => void;
}
