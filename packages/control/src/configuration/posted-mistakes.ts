/** Mistakes of an applied file's entries, which are found when these are written, as diagnostics with their lines in the file. */
import { placeInText } from "@parley/config";
import type { Diagnostic } from "@parley/contract/api/system";
import { type MemberError, refuse, RefusalError } from "../refusal.ts";
import type { Wanted } from "./plan.ts";
import type { PostedFile } from "./read-posted-file.ts";

/** Where each kind stands in a file. */
const sections: Readonly<Record<string, readonly string[]>> = {
  service: ["services"], consumer: ["consumers"], team: ["teams"], alert: ["alerts"], channel: ["channels"], provider: ["ai", "providers"], model: ["ai", "models"],
};

/** Throws what came, with the places where there are some. */
export function refuseInFile(error: unknown, { yaml, file }: PostedFile, { entities }: Wanted): never {
  if (!(error instanceof RefusalError)) throw error;
  const { errors, entity } = (error.refusal.extensions ?? {}) as { errors?: MemberError[]; entity?: string };
  const [kind = "", name = ""] = entity?.split(" ") ?? [];
  const section = sections[kind];
  if (errors === undefined || section === undefined) throw error;
  const spec = entities.find((each) => each.kind === kind && each.name === name)?.spec;
  const source = [...section, name].reduceRight<unknown>((below, part) => ({ [part]: below }), spec);
  const below = [...section, name].map((part) => `/${part}`).join("");
  const found = errors.map(({ pointer, message }): Diagnostic => ({ code: "config-invalid-value", severity: "error", message, pointer: below + pointer.replace(/^\/spec/, "") }));
  refuse("invalid-body", error.message, { fix: "Correct what `diagnostics` names.", extensions: { errors, entity, diagnostics: placeInText(found, { text: yaml, file, source }) } });
}
