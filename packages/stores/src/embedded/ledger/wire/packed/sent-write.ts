/** Hot path (benchmark: guard). That a write is sent, and how it ended. */
import { type Codec, nullableTextAt, numberAt, textAt, textsFrom } from "./codec.ts";

export const sendWriteCodec: Codec<"sendWrite"> = {
  kind: 3,
  packInput({ write, restMs, base, intended, refetch, fsync }) {
    return { numbers: [restMs, Number(fsync)], texts: [write, base.etag, base.digest, intended, ...refetch] };
  },
  unpackInput(packed) {
    return {
      write: textAt(packed, 0), restMs: numberAt(packed, 0), base: { etag: nullableTextAt(packed, 1), digest: nullableTextAt(packed, 2) }, intended: nullableTextAt(packed, 3),
      refetch: textsFrom(packed, 4), fsync: numberAt(packed, 1) === 1,
    };
  },
  packOutput({ kind }) {
    return kind === "sent" ? { numbers: [], texts: [] } : null;
  },
  unpackOutput() {
    return { kind: "sent" };
  },
};

const outcomes = ["applied", "not-applied", "unknown"] as const;
const notSaid = 2;
const noRevision = -1;

export const finishWriteCodec: Codec<"finishWrite"> = {
  kind: 4,
  packInput({ write, outcome, etag, digest, response, exists, fsync }) {
    if (response !== null) return null;
    return { numbers: [outcomes.indexOf(outcome), exists === undefined ? notSaid : Number(exists), Number(fsync)], texts: [write, etag, digest] };
  },
  unpackInput(packed) {
    const outcome = outcomes[numberAt(packed, 0)];
    if (outcome === undefined) throw new Error("a message has an outcome that there is not");
    const ended = { write: textAt(packed, 0), outcome, etag: nullableTextAt(packed, 1), digest: nullableTextAt(packed, 2), response: null, fsync: numberAt(packed, 2) === 1 };
    const exists = numberAt(packed, 1);
    return exists === notSaid ? ended : { ...ended, exists: exists === 1 };
  },
  packOutput(done) {
    return done.kind === "done" ? { numbers: [done.revision ?? noRevision], texts: [] } : null;
  },
  unpackOutput(packed) {
    const revision = numberAt(packed, 0);
    return { kind: "done", revision: revision === noRevision ? null : revision };
  },
};
