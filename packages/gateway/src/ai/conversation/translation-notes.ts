/**
 * "Lossless or loud": what a codec could not say in its dialect. A hint is dropped and said in a Parley-Warning header;
 * what would change the answer is refused, by name. Nothing disappears in silence.
 */
import { refuseParameter } from "./parameters.ts";

export interface TranslationWarning {
  readonly kind: "dropped" | "changed" | "added";
  /** As the caller wrote it, such as seed or messages[2].name. */
  readonly parameter: string;
  readonly reason: string;
}

export class TranslationNotes {
  readonly warnings: TranslationWarning[] = [];

  /** A hint that the target cannot express. */
  dropped(parameter: string, reason: string): void {
    this.#note({ kind: "dropped", parameter, reason });
  }

  /** A value that the target takes in another form or range only. */
  changed(parameter: string, reason: string): void {
    this.#note({ kind: "changed", parameter, reason });
  }

  /** A value that the target requires and the caller did not give. */
  added(parameter: string, reason: string): void {
    this.#note({ kind: "added", parameter, reason });
  }

  /** Ends the call with `unsupported-parameter`: without the parameter the answer would be another one. */
  unsupported(parameter: string, reason: string): never {
    return refuseParameter("unsupported-parameter", parameter, reason);
  }

  /** Each parameter is noted once, and at most 32, so that the header stays small. */
  #note(warning: TranslationWarning): void {
    if (this.warnings.length >= 32) return;
    if (this.warnings.some((noted) => noted.parameter === warning.parameter && noted.kind === warning.kind)) return;
    this.warnings.push(warning);
  }
}

/** The value of a Parley-Warning header: a structured field (RFC 9651) such as `dropped;param="seed";reason="…"`. */
export function warningHeader(warning: TranslationWarning): string {
  return `${warning.kind};param=${quoted(warning.parameter)};reason=${quoted(warning.reason)}`;
}

const none: readonly string[] = [];

/** Name, value, …: a field for each warning. */
export function warningFields({ warnings }: TranslationNotes): readonly string[] {
  return warnings.length === 0 ? none : warnings.flatMap((warning) => ["Parley-Warning", warningHeader(warning)]);
}

/** A structured field's string holds printable ASCII only (RFC 9651 §3.3.3). */
function quoted(text: string): string {
  return `"${text.slice(0, 200).replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
