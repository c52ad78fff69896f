/**
 * Entity tags of an adapted version: the newer version's with the older one's name behind it, since a strong tag stands for
 * the same bytes (RFC 9110 §8.8.1). A tag without it names the state all the same, so If-Match takes it; If-None-Match
 * does not, or a cache would take one version's body for another's.
 */
const codingSuffix = "(?:-{1,2}|;)(?:gzip|br|zstd|deflate)";
const dropped: ReadonlySet<string> = new Set(["range", "if-range", "accept-encoding", "content-length", "content-md5", "content-digest", "repr-digest"]);

export interface VersionTags {
  /** As the client of this version gets it. */
  outgoing(tag: string): string;
  /** Null where nothing of the field is left. */
  requestValue(name: "if-match" | "if-none-match", value: string): string | null;
  requestFields(rawHeaders: readonly string[]): string[];
  /** In texts and members of a refusal, too. */
  inRefusal<Value>(value: Value, tags: readonly string[]): Value;
}

export function compileTags(version: string): VersionTags {
  const suffix = `~${version}`;
  const own = new RegExp(`^((?:W/)?"[^"]*?)${suffix.replaceAll(".", String.raw`\.`)}(${codingSuffix})?"$`);
  const outgoing = (tag: string): string => (/^(?:W\/)?"[^"]*"$/.test(tag) && !own.test(tag) ? `${tag.slice(0, -1)}${suffix}"` : tag);
  const requestValue: VersionTags["requestValue"] = (name, value) => {
    if (value.trim() === "*") return value;
    const kept = tagsIn(value).flatMap((tag) => {
      const match = own.exec(tag);
      if (match) return [`${match[1]}${match[2] ?? ""}"`];
      return name === "if-match" ? [tag] : [];
    });
    return kept.length === 0 ? null : kept.join(", ");
  };
  return {
    outgoing, requestValue,
    requestFields(rawHeaders) {
      const fields: string[] = [];
      for (let index = 0; index < rawHeaders.length; index += 2) {
        const [name, value] = [rawHeaders[index] as string, rawHeaders[index + 1] as string];
        const lower = name.toLowerCase();
        if (dropped.has(lower)) continue;
        const own_ = lower === "if-match" || lower === "if-none-match" ? requestValue(lower, value) : value;
        if (own_ !== null) fields.push(name, own_);
      }
      return fields;
    },
    inRefusal: (value, tags) => tags.reduce((text, tag) => mapTexts(text, tag, outgoing(tag)), value),
  };
}

/** What is no tag stays as it is, for the guard to refuse. */
function tagsIn(value: string): string[] {
  return value.match(/(?:W\/)?"[^"]*"|[^\s,"]+/g) ?? [value];
}

function mapTexts<Value>(value: Value, from: string, to: string): Value {
  if (typeof value === "string") return value.replaceAll(from, to) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, from, to)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapTexts(member as unknown, from, to)])) as Value;
}
