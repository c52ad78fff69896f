// Hot path: for each piece of a call's arguments in a translated stream.
/**
 * Arguments that a model did not bring to an end, or that are no object: dialects that have them as text tell them as they are, and
 * the others cannot.
 */
import type { DialectName } from "./content.ts";
import { parseArguments } from "./tool-arguments.ts";
import type { TranslationNotes } from "./translation-notes.ts";

const objectsInAnswers: ReadonlySet<DialectName> = new Set(["anthropic-messages", "bedrock-converse", "gemini", "ollama-chat"]);
/** Whose streams, too, have the arguments as a whole. */
const objectsInStreams: ReadonlySet<DialectName> = new Set(["gemini", "ollama-chat"]);

export function noteUnsaidArguments(text: string, dialect: DialectName, notes: TranslationNotes): void {
  if (objectsInAnswers.has(dialect) && parseArguments(text) === undefined) notes.dropped("answer.content[].tool_call.arguments", "the model's arguments are not a JSON object, and the answers of this API have no other ones");
}

interface BlockPlace {
  readonly choice: number;
  readonly block: number;
}

export class ArgumentsOfStream {
  readonly #dialect: DialectName;
  readonly #notes: TranslationNotes;
  /** Of open calls, so far. */
  readonly #texts = new Map<string, string>();

  private constructor(dialect: DialectName, notes: TranslationNotes) {
    this.#dialect = dialect;
    this.#notes = notes;
  }

  /** Null where a stream of the dialect has them in the pieces in which they come. */
  static towards(dialect: DialectName, notes: TranslationNotes): ArgumentsOfStream | null {
    return objectsInStreams.has(dialect) ? new ArgumentsOfStream(dialect, notes) : null;
  }

  add(piece: BlockPlace & { readonly json: string }): void {
    const key = keyOf(piece);
    this.#texts.set(key, (this.#texts.get(key) ?? "") + piece.json);
  }

  end(place: BlockPlace): void {
    const key = keyOf(place);
    const text = this.#texts.get(key);
    if (text === undefined) return;
    this.#texts.delete(key);
    noteUnsaidArguments(text, this.#dialect, this.#notes);
  }
}

function keyOf({ choice, block }: BlockPlace): string {
  return `${choice} ${block}`;
}
