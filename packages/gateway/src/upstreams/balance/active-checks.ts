/**
 * Active checks of an upstream's targets: a GET at fixed intervals, spread out so that not all come at once. Several in a
 * row have to agree before a target leaves or comes back; before the first one has ended it counts as well.
 */
import type { ClientIdentity } from "../../certificates/index.ts";
import type { Upstream } from "@parley/contract/config/upstream";
import type { IncomingAnswer, Transport } from "../transport.ts";
import { noteHealth, type Candidate } from "./candidate.ts";

export interface CheckPorts {
  transport: Transport;
  identity: ClientIdentity | null;
  protocol: "http1" | "http2";
  monotonicMs: () => number;
  random: () => number;
  /** A target left or came back. */
  changed(candidate: Candidate): void;
}

type HealthSettings = NonNullable<Upstream["health"]>;

/** Answers the function that ends them. */
export function startChecks(settings: HealthSettings, candidates: readonly Candidate[], ports: CheckPorts): () => void {
  const stops = candidates.map((candidate) => checkRepeatedly(settings, candidate, ports));
  return () => stops.forEach((stop) => stop());
}

function checkRepeatedly(settings: HealthSettings, candidate: Candidate, ports: CheckPorts): () => void {
  let agreeing = 0;
  let stopped = false;
  let timer: NodeJS.Timeout;
  const next = (inMs: number): void => {
    timer = setTimeout(() => {
      void check(settings, candidate, ports).then((isWell) => {
        if (stopped) return;
        agreeing = isWell === candidate.healthy ? 0 : agreeing + 1;
        if (agreeing >= (isWell ? settings.healthyAfter : settings.unhealthyAfter)) {
          agreeing = 0;
          turn(candidate, isWell, ports);
        }
        next(settings.every * (0.9 + 0.2 * ports.random()));
      });
    }, inMs);
    timer.unref();
  };
  next(Math.min(1000, settings.every) * ports.random());
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function turn(candidate: Candidate, isWell: boolean, ports: CheckPorts): void {
  noteHealth(candidate, isWell);
  if (isWell) candidate.backSinceMs = ports.monotonicMs();
  ports.changed(candidate);
}

/** Any answer from 200 to 399 is one of a target that is well. */
function check({ path, timeout }: HealthSettings, target: Candidate, { transport, identity, protocol }: CheckPorts): Promise<boolean> {
  return new Promise((resolve) => {
    const request = {
      origin: target.origin, method: "GET", path, rawHeaders: ["Host", target.host, "Accept", "*/*", "User-Agent", "parley-health"], body: null,
      timeouts: { connectMs: timeout, firstByteMs: timeout, idleMs: timeout }, identity, protocol,
    };
    const answer: IncomingAnswer = {
      head: (status) => status >= 200 && resolve(status < 400),
      data: () => true,
      end: () => resolve(false),
      failure: () => resolve(false),
    };
    transport.send(request, answer);
  });
}
