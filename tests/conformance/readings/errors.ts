import { list, object, string } from "./reading.ts";
import type { ReadError } from "./reading.ts";
import type { RecordedResponse } from "../recordings.ts";

/**
 * What the application should hear of a provider's error: its status and its words. A key that the provider refuses is the
 * gateway's own, so that is a 502 in the gateway's words; Google says it with a 400.
 */
export function readError(response: RecordedResponse): ReadError {
  const [body] = [response.body ?? JSON.parse(response.text ?? "null")].flat().map(object);
  const error = object(body?.error);
  const refusedKey = response.status === 401 || response.status === 403 || list(error.details).some((detail) => object(detail).reason === "API_KEY_INVALID");
  const message = string(error.message) || string(body?.error) || string(body?.message) || string(body?.detail);
  return refusedKey ? { status: 502, message: null } : { status: response.status, message };
}
