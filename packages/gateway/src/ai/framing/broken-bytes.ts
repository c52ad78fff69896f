/** What ends a stream: bytes that are not framed as promised, or something nested so deeply that the stack does not hold it. */
import { brokenAnswer } from "../conversation/provider-error.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import { BrokenFramingError } from "./frame-reader.ts";

/** Throws what is neither. */
export function errorOfBytes(error: unknown): ProviderError {
  if (error instanceof RangeError) return brokenAnswer("an event is nested too deeply");
  if (error instanceof BrokenFramingError) return brokenAnswer(error.message);
  throw error;
}
