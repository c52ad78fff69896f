/**
 * A body that comes a byte at a time keeps a connection, a call and often the upstream's connection for hours, and no pause tells of
 * it. So it is looked at once in each `idleTimeout`, and only where the gateway waited for it all the time: an upstream that
 * takes it slowly is none of the client's doing.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { ListenerLimits } from "./call-destination.ts";
import type { HttpRequestBody } from "./request-body.ts";

/** To be asked once in each `idleTimeoutMs`; null where the body comes fast enough. */
export function slowBody(body: Pick<HttpRequestBody, "bytesSinceLook">, { bodyBytesPerSecond, idleTimeoutMs }: Pick<ListenerLimits, "bodyBytesPerSecond" | "idleTimeoutMs">): Refusal | null {
  const bytes = body.bytesSinceLook();
  if (bytes === null || bytes >= (bodyBytesPerSecond * idleTimeoutMs) / 1_000) return null;
  return { code: "request-timeout", detail: `The body of the request came more slowly than ${bodyBytesPerSecond} bytes a second.` };
}
