/** Hot path (benchmark: guard). What a read saw. Its body travels beside it. */
import { ownBody } from "../carried-body.ts";
import { type Codec, nullableTextAt, numberAt, textAt } from "./codec.ts";

export const noteStateCodec: Codec<"noteState"> = {
  kind: 1,
  packInput({ service, path, view, etag, digest, startedAt, base }) {
    if (base === undefined) return { numbers: [startedAt], texts: [service, path, view, etag, digest] };
    return { numbers: [startedAt, base.retainMs], texts: [service, path, view, etag, digest, base.contentType] };
  },
  unpackInput(packed, body) {
    const seen = {
      service: textAt(packed, 0), path: textAt(packed, 1), view: textAt(packed, 2), etag: nullableTextAt(packed, 3), digest: nullableTextAt(packed, 4), startedAt: numberAt(packed, 0),
    };
    return packed.numbers.length === 1 ? seen : { ...seen, base: { contentType: textAt(packed, 5), body: ownBody(body), retainMs: numberAt(packed, 1) } };
  },
  packOutput({ revision, fence, bypass, conclusive }) {
    return { numbers: [revision, fence, Number(bypass), Number(conclusive)], texts: [] };
  },
  unpackOutput(packed) {
    return { revision: numberAt(packed, 0), fence: numberAt(packed, 1), bypass: numberAt(packed, 2) === 1, conclusive: numberAt(packed, 3) === 1 };
  },
};
