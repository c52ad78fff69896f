/** Fields by which a call asks to be taken for one of another method, in the order in which they count: many frameworks carry it out. */
import type { IncomingHttpHeaders } from "node:http";

export const methodOverrideFields = ["x-http-method-override", "x-http-method", "x-method-override"] as const;

/** The methods that fields ask for, in upper case; null, without a list, where none does. */
export function methodsAskedFor(headers: IncomingHttpHeaders): readonly string[] | null {
  let asked: string[] | null = null;
  for (const field of methodOverrideFields) if (headers[field] !== undefined) (asked ??= []).push(String(headers[field]).trim().toUpperCase());
  return asked;
}
