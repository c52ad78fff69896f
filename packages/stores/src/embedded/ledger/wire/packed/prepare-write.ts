/** Hot path (benchmark: guard). A write's place, and with it the word that it is sent. */
import type { PrepareWrite, SendCondition, WritePlace } from "../../../../ports/ledger.ts";
import { type Codec, nullableTextAt, numberAt, type Packed, textAt, textsFrom } from "./codec.ts";

type Granted = Extract<WritePlace, { kind: "granted" }>;

const conditions = { digest: 1, exists: 2, any: 3, unchanged: 4 } as const;

export const prepareWriteCodec: Codec<"prepareWrite"> = {
  kind: 2,
  packInput(asked) {
    if (asked.idempotency !== null) return null;
    const { service, path, lockPath, view, consumer, callId, method, lockToken, maxWaiting, waitMs, holdMs, sendIf } = asked;
    const numbers = [maxWaiting, waitMs, holdMs];
    const texts = [service, path, lockPath === path ? null : lockPath, view, consumer, callId, method, lockToken];
    if (sendIf === undefined) return { numbers, texts };
    const [condition, fence, revision, digest] = packCondition(sendIf);
    const { base, restMs, intended, refetch } = sendIf;
    numbers.push(condition, fence, revision, restMs, Number(base !== undefined));
    texts.push(digest, intended, base === undefined ? null : base.etag, base === undefined ? null : base.digest, ...refetch);
    return { numbers, texts };
  },
  unpackInput(packed) {
    const path = textAt(packed, 1);
    const asked: PrepareWrite = {
      service: textAt(packed, 0), path, lockPath: nullableTextAt(packed, 2) ?? path, view: textAt(packed, 3), consumer: textAt(packed, 4), callId: textAt(packed, 5), method: textAt(packed, 6),
      lockToken: nullableTextAt(packed, 7), idempotency: null, maxWaiting: numberAt(packed, 0), waitMs: numberAt(packed, 1), holdMs: numberAt(packed, 2),
    };
    return packed.numbers.length === 3 ? asked : { ...asked, sendIf: unpackSendIf(packed) };
  },
  packOutput(place) {
    return place.kind === "granted" ? packGranted(place) : null;
  },
  unpackOutput(packed) {
    const { texts } = packed;
    const state = texts.length === 1 ? null : {
      revision: numberAt(packed, 3), etag: nullableTextAt(packed, 1), digest: nullableTextAt(packed, 2), changedAt: numberAt(packed, 4), changedBy: textAt(packed, 3), fence: numberAt(packed, 5),
    };
    const place: Granted = { kind: "granted", write: textAt(packed, 0), fence: numberAt(packed, 0), state, waitedMs: numberAt(packed, 1) };
    return numberAt(packed, 2) === 1 ? { ...place, sent: true } : place;
  },
};

function packCondition(condition: SendCondition): [condition: number, fence: number, revision: number, digest: string | null] {
  if ("digest" in condition) return [conditions.digest, 0, 0, condition.digest];
  if ("unchanged" in condition) return [conditions.unchanged, condition.unchanged.fence, condition.unchanged.revision, null];
  return [conditions[condition.state], 0, 0, null];
}

function unpackSendIf(packed: Packed): NonNullable<PrepareWrite["sendIf"]> {
  const sent = { restMs: numberAt(packed, 6), intended: nullableTextAt(packed, 9), refetch: textsFrom(packed, 12) };
  const condition = unpackCondition(packed);
  return numberAt(packed, 7) === 0 ? { ...condition, ...sent } : { ...condition, ...sent, base: { etag: nullableTextAt(packed, 10), digest: nullableTextAt(packed, 11) } };
}

function unpackCondition(packed: Packed): SendCondition {
  switch (numberAt(packed, 3)) {
    case conditions.digest:
      return { digest: textAt(packed, 8) };
    case conditions.unchanged:
      return { unchanged: { fence: numberAt(packed, 4), revision: numberAt(packed, 5) } };
    case conditions.any:
      return { state: "any" };
    case conditions.exists:
      return { state: "exists" };
    default:
      throw new Error("a message has a condition that there is not");
  }
}

function packGranted({ write, fence, state, waitedMs, sent }: Granted): Packed {
  const isSent = Number(sent === true);
  if (state === null) return { numbers: [fence, waitedMs, isSent], texts: [write] };
  return { numbers: [fence, waitedMs, isSent, state.revision, state.changedAt, state.fence], texts: [write, state.etag, state.digest, state.changedBy] };
}
