/** Calls that people make from the console: to the gateway as the consumer `playground`, with the person's own key, or past it to the public internet, with none. */
import type { CallToTry } from "@parley/contract/api/try-call";
import { refuse, refuseBody } from "../../refusal.ts";
import { answerEvents } from "../../try-call/answer-events.ts";
import { AddressNotAllowedError, callElsewhere } from "../../try-call/elsewhere.ts";
import { PersonKeys } from "../../try-call/person-keys.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

const gatewaysWithinMs = 5_000;
/** A model may think for long; somebody who has gone away ends it sooner. */
const answerWithinMs = 10 * 60_000;
const elsewhereWithinMs = 60_000;

/** Of this connection, and of what the person may not say: who they are is decided here. */
const notTheirs = new Set(["host", "connection", "content-length", "transfer-encoding", "upgrade", "keep-alive", "te", "trailer", "expect", "proxy-authorization", "x-goog-api-key"]);

export function tryHandlers(plane: ControlPlane): Pick<Handlers, "tryCall" | "tryElsewhere"> {
  const keys = new PersonKeys(plane);
  return {
    tryCall: async ({ body, actor, signal }) => {
      const secret = await keys.secretOf(actor);
      if (!(await plane.channel.applied(plane.publisher.version, gatewaysWithinMs))) {
        refuse("no-gateway", "no gateway has the newest configuration in force, so it does not know the key of this call yet", { headers: { "Retry-After": "5" } });
      }
      const startedMs = performance.now();
      const ended = new AbortController();
      const until = AbortSignal.any([signal, ended.signal, AbortSignal.timeout(answerWithinMs)]);
      const answer = await ask(plane, { call: body, secret, signal: until });
      return { stream: answerEvents(answer, { startedMs, monotonicMs: () => performance.now(), abort: () => ended.abort() }) };
    },
    tryElsewhere: async ({ body, actor, clientAddress, signal }) => {
      const at = plane.now();
      // Who sent what where is looked back at, should it have been somebody else's server.
      await plane.store.audit.add([{ at, actor: actor.name, action: "call", kind: "elsewhere", name: new URL(body.target).origin, changes: [{ op: "add", path: "", value: { method: body.method, path: body.path.split("?", 1)[0] ?? "" } }], clientAddress }]);
      const startedMs = performance.now();
      const ended = new AbortController();
      const until = AbortSignal.any([signal, ended.signal, AbortSignal.timeout(elsewhereWithinMs)]);
      const answer = await callElsewhere(body, { signal: until }).catch((error: unknown) => refuseElsewhere(error, signal));
      return { stream: answerEvents(answer, { startedMs, monotonicMs: () => performance.now(), abort: () => ended.abort() }) };
    },
  };
}

function refuseElsewhere(error: unknown, signal: AbortSignal): never {
  if (signal.aborted) throw error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof AddressNotAllowedError) refuseBody([{ pointer: "/target", message }]);
  refuse("target-unreachable", `the target did not answer: ${message}`);
}

async function ask(plane: ControlPlane, { call, secret, signal }: { call: CallToTry; secret: string; signal: AbortSignal }): Promise<Response> {
  const url = new URL(call.path, plane.options.gatewayUrl);
  // A path such as //elsewhere would name another host.
  if (url.origin !== new URL(plane.options.gatewayUrl).origin) refuse("invalid-body", "/path: it has to be a path on the gateway", { extensions: { errors: [{ pointer: "/path", message: "a path on the gateway" }] } });
  const bodiless = call.method === "GET" || call.method === "HEAD";
  try {
    return await fetch(url, { method: call.method, headers: headersOf(call, secret), redirect: "manual", signal, ...(call.body === undefined || bodiless ? {} : { body: call.body }) });
  } catch (error) {
    if (signal.aborted) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    refuse("no-gateway", `the gateway did not answer: ${cause}`, { headers: { "Retry-After": "5" } });
  }
}

/** With an Authorization of their own, which is the service's, the key stands in x-api-key. */
function headersOf({ headers: given }: CallToTry, secret: string): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) if (!notTheirs.has(name.toLowerCase())) headers.set(name, value);
  if (headers.has("authorization")) headers.set("x-api-key", secret);
  else headers.set("authorization", `Bearer ${secret}`);
  return headers;
}
