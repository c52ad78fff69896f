/** What whoever sends a document is told that cannot be taken. */
import type { Change } from "@parley/openapi";
import type { DocumentMistake } from "@parley/openapi/reading";
import { refuse } from "../refusal.ts";
import { type DocumentReader, NotExamined } from "./document-reader.ts";
import type { Examination, ExaminationOrder } from "./examination.ts";
import { mistakeText } from "./publish-check.ts";

const maxListed = 200;

export async function examined(reader: Pick<DocumentReader, "examine">, order: ExaminationOrder): Promise<Examination> {
  try {
    return await reader.examine(order);
  } catch (error) {
    if (error instanceof NotExamined) refuse("document-unavailable", error.message, { fix: "Ask again in a minute; if it takes too long every time, the document is too large to be compared." });
    throw error;
  }
}

export function refuseMistakes(mistakes: readonly DocumentMistake[]): never {
  const [first] = mistakes;
  const more = mistakes.length > 1 ? ` (and ${mistakes.length - 1} more)` : "";
  refuse("document-invalid", `${first ? mistakeText(first) : "the document is not valid"}${more}`, { extensions: { errors: mistakes } });
}

export function refuseBreaking(changes: readonly Change[]): never {
  const [first] = changes;
  const more = changes.length > 1 ? ` (and ${changes.length - 1} more)` : "";
  refuse("breaking-change", `${first?.endpoint} ${first?.place ?? ""}: ${first?.message}${more}`.replace(" : ", ": "), { extensions: { changes: changes.slice(0, maxListed), count: changes.length } });
}
