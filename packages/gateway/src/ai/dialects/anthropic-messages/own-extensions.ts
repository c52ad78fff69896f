/** Writes a member that only this dialect knows: those of `output_config` stand beside what is written there already. */
import type { Extension } from "../../conversation/conversation.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";

export function writeOwnExtension({ name, value }: Extension, body: JsonDraft): void {
  const inOutput = /^output_config\.(.+)$/.exec(name)?.[1];
  if (inOutput === undefined) body[name] = value;
  else body["output_config"] = { ...(body["output_config"] as JsonObject | undefined), [inOutput]: value };
}
