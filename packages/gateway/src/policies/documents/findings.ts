/** What is not as the document says: in the call's record, and to the caller where it is refused. */
import type { CallViolation, CompiledOperation, FoundOperation } from "@parley/openapi";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Exchange } from "../../exchange/exchange.ts";

const maxWarnings = 5;

/** Places and rules of the document, and no value of the call. */
export function note({ record }: Pick<Exchange, "record">, violations: readonly CallViolation[], where = ""): void {
  record.violations = (record.violations ?? 0) + violations.length;
  record.warnings ??= [];
  for (const { in: part, pointer, message } of violations) {
    if (record.warnings.length >= maxWarnings) return;
    record.warnings.push(`${where}${part}${pointer === "" ? "" : ` ${pointer.slice(0, 200)}`} ${message.slice(0, 200)}`);
  }
}

const maxUsesLength = 2_000;

/** A blank around each, so that one is found as a whole; a blank in a name is %20. */
export function noteUses({ record }: Pick<Exchange, "record">, uses: readonly string[]): void {
  let text = " ";
  for (const use of uses) if (text.length + use.length < maxUsesLength) text += `${use.replaceAll(" ", "%20")} `;
  if (text !== " ") record.uses = text;
}

/** `link` leads to what the document says. */
export function refusedRequest(operation: CompiledOperation, violations: readonly CallViolation[], link: string): Refusal {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  return {
    code: "request-invalid",
    detail: `${operation.id}: ${first?.in} ${first?.pointer ?? ""} ${first?.message}${more}.`.replace("  ", " "),
    extensions: { operation: operation.id, errors: violations },
    headers: { Link: link },
  };
}

export function unknown(method: string, found: Exclude<FoundOperation, { kind: "operation" }>): CallViolation {
  return { in: "path", pointer: "", message: found.kind === "no-path" ? "is not in the document" : `${method.slice(0, 20)} is not in the document`, schema: "#/paths" };
}

export function unknownOperation({ method, path }: Pick<Exchange, "method" | "path">, found: Exclude<FoundOperation, { kind: "operation" }>, link: string): Refusal {
  if (found.kind === "no-path") return { code: "operation-unknown", detail: `The document of this API has no path that ${path.slice(0, 200)} fits.`, headers: { Link: link } };
  const allow = found.allowed.join(", ");
  return { code: "operation-unknown", status: 405, detail: `The document of this API has ${allow} on this path, and not ${method.slice(0, 20)}.`, headers: { Allow: allow, Link: link } };
}
