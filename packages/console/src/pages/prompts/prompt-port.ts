/** Reading and writing a prompt through the one editor of configured things. */
import type { PromptSource } from "@parley/contract/config/prompt";
import { call } from "../../api/client.ts";
import type { EntityPort } from "../../editing/entity-port.ts";

export const promptPort: EntityPort<PromptSource> = {
  kind: "prompt",
  word: "prompt",
  placeInFile: (name) => ["prompts", name],
  read: (name, signal) => call("getPrompt", { path: { name } }, signal),
  write: (name, spec, ifMatch) => call("putPrompt", { path: { name }, body: { spec }, ifMatch }),
  remove: (name, ifMatch) => call("deletePrompt", { path: { name }, ifMatch }),
};
