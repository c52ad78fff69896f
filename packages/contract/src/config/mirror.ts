/** Copies of a share of a service's calls, sent to another version or address to see whether it answers alike. */
import { z } from "zod";
import { duration, size } from "../units.ts";
import { httpUrl } from "./names.ts";

const method = z.string().regex(/^[A-Z][A-Z-]{0,31}$/, "a method such as GET");
const place = z.string().regex(/^(?:\/(?:[^~/]|~[01])+)+$/, "a place is a JSON pointer such as /updated_at or /items/*/etag");
const field = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "not a header name");

export const mirror = z
  .strictObject({
    /** The version that gets the copies; it has an upstream of its own, and may be a draft. */
    version: z.string().optional(),
    /** In its place an address, spoken to like the service's own upstream. */
    target: httpUrl.optional(),
    /** Only calls of this version are copied; without it those of all but `version`. */
    of: z.string().optional(),
    /** So many of the calls are copied. */
    percent: z.number().gt(0).max(100).default(10),
    /** Copies of other than safe methods are made only where they are named here: whoever gets them carries them out. */
    methods: z.array(method).min(1).max(20).default(["GET", "HEAD"]),
    /** How long a copy may take. */
    timeout: duration.refine((ms) => ms >= 10 && ms <= 300_000, "a copy takes from 10ms to 5m").prefault("5s"),
    /** So many copies are under way at a time in each worker; as many as `queue` wait, and those that find it full are dropped. */
    concurrent: z.int().min(1).max(1_000).default(10),
    queue: z.int().min(0).max(1_000).default(20),
    /** Longer bodies are not compared. */
    maxBody: size.refine((bytes) => bytes <= 1_048_576, "bodies are compared up to 1MiB").prefault("64KiB"),
    compare: z
      .strictObject({
        /** Places of the answer's JSON that may differ, with all that is below; `*` is any item or member. */
        ignore: z.array(place).max(200).default([]),
        /** Header fields that are compared besides the status and the body. */
        headers: z.array(field).max(50).default(["content-type"]),
      })
      .prefault({}),
  })
  .refine(({ version, target }) => (version === undefined) !== (target === undefined), "a mirror names the version that gets the copies, or a target in its place");
export type Mirror = z.output<typeof mirror>;

interface Mirrored {
  mirror?: Mirror | undefined;
  upstream?: { targets: readonly { url: string }[] } | undefined;
  versions?: { list: Record<string, { upstream?: { targets: readonly { url: string }[] } | undefined }> } | undefined;
}

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/** What is wrong with a service's mirror, and where in it. Whoever gets a copy of a write carries it out: never where the write itself goes. */
export function mirrorMistake({ mirror: settings, upstream, versions }: Mirrored): { path: (string | number)[]; message: string } | null {
  if (settings === undefined) return null;
  const { version, target, of, methods } = settings;
  // Said already.
  if (version !== undefined && target !== undefined) return null;
  const list = new Map(Object.entries(versions?.list ?? {}));
  for (const [member, name] of [["version", version], ["of", of]] as const) {
    if (name !== undefined && !list.has(name)) return { path: [member], message: `the service has no version "${name}"; there are: ${[...list.keys()].join(", ") || "none"}` };
  }
  const own = version === undefined ? undefined : list.get(version)?.upstream;
  if (version !== undefined && own === undefined) return { path: ["version"], message: `the version ${version} has no upstream of its own that copies could go to; name a target in its place` };
  if (version !== undefined && version === of) return { path: ["of"], message: "a version cannot be mirrored to itself" };
  const copied = methods.findIndex((name) => !safeMethods.has(name));
  if (copied === -1) return null;
  const mirrors = new Set(target === undefined ? own?.targets.map(({ url }) => placeOf(url)) : [placeOf(target)]);
  const origins = [upstream, ...[...list].map(([name, entry]) => (name === version ? undefined : entry.upstream))];
  const doubled = origins.flatMap((entry) => entry?.targets ?? []).find(({ url }) => mirrors.has(placeOf(url)));
  return doubled === undefined ? null : { path: ["methods", copied], message: `${methods[copied]} would be carried out twice: ${doubled.url} gets the calls and their copies` };
}

/** The same however it is written; what is no URL is a mistake of its own. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, "");
}
