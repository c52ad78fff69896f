/** What a worker answers when the control plane asks how it stands. */
import type { ControlMessage, GatewayMessage, MetricFamily } from "@parley/contract/channel";
import type { RevocationFiles } from "../certificates/index.ts";
import type { Caches } from "../policies/cache/caches.ts";
import type { ConflictBook } from "../policies/conflict/book.ts";
import type { CurrentSnapshot } from "../snapshot/current-snapshot.ts";
import type { AccessLog } from "../telemetry/access-log/access-log.ts";
import type { BodyKeeper } from "../telemetry/bodies/body-keeper.ts";
import type { LiveCalls } from "../telemetry/live-calls.ts";
import type { OtlpExporter } from "../telemetry/otlp/otlp-exporter.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { TargetBook } from "../upstreams/balance/target-book.ts";
import type { MirrorBook } from "../upstreams/mirror/mirror-book.ts";
import type { SaturationBook } from "../upstreams/saturation/saturation-book.ts";
import { allGuarantees, allTargets } from "./standing.ts";

export interface AnsweringParts {
  worker: number;
  snapshot: CurrentSnapshot;
  book: ConflictBook;
  targets: TargetBook;
  saturations: SaturationBook;
  mirrors: MirrorBook;
  bodies: BodyKeeper;
  access: AccessLog;
  caches: Caches;
  revocations: RevocationFiles;
  telemetry: Telemetry;
  live: LiveCalls;
  otlp: OtlpExporter;
  inFlight: () => number;
}

type Question = Extract<ControlMessage, { type: "metrics" | "targets" | "mirrors" | "models" | "conflicts" | "caches" }>;

export function answerTo(question: Question, parts: AnsweringParts): GatewayMessage {
  const { request } = question;
  switch (question.type) {
    case "metrics":
      return { type: "metrics", request, families: question.only === "losses" ? losses(parts) : families(parts), inFlight: parts.inFlight() };
    case "targets":
      return { type: "targets", request, states: allTargets(parts.targets, parts.snapshot) };
    case "mirrors":
      if (question.forget !== undefined) parts.mirrors.forget(question.forget);
      return { type: "mirrors", request, states: parts.mirrors.states() };
    case "models":
      return { type: "models", request, state: parts.snapshot.models() };
    case "conflicts":
      return { type: "conflicts", request, potential: parts.book.potential(), guarantees: allGuarantees(parts.book, parts.snapshot) };
    case "caches": {
      const gone = question.purge === undefined ? 0 : parts.caches.purge(question.purge);
      return { type: "caches", request, states: parts.caches.states(), gone };
    }
  }
}

function families(parts: AnsweringParts): MetricFamily[] {
  const { telemetry, book, targets, saturations, mirrors, live, caches, revocations } = parts;
  const labels = { worker: String(parts.worker) };
  return [...telemetry.families(), ...losses(parts), ...[book, targets, saturations, mirrors, live, caches, revocations].flatMap((one) => one.families(labels))];
}

/** What was to be recorded or exported and was not. It is few figures, whatever the configuration. */
function losses({ worker, telemetry, bodies, access, otlp }: AnsweringParts): MetricFamily[] {
  const labels = { worker: String(worker) };
  return [telemetry.dropped(), ...[bodies, access, otlp].flatMap((one) => one.families(labels))];
}
