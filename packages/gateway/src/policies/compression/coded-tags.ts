/**
 * Hot path of services with compression. Entity tags of coded bodies: other bytes are another representation, and have
 * another tag (RFC 9110 §8.8.3.3). What comes back with a condition names the state of the resource, whatever its coding.
 */
import type { Exchange } from "../../exchange/exchange.ts";

const suffixed = /^((?:W\/)?".+)-(zstd|br|gzip)"$/;

export function codedTag(tag: string, coding: string): string {
  return tag.endsWith('"') ? `${tag.slice(0, -1)}-${coding}"` : tag;
}

/**
 * In place, in If-Match and If-None-Match: beside every tag of a coded body that of the plain one. Both, since an upstream
 * may have given such a tag itself. Answers the coding by plain tag.
 */
export function addPlainTags({ headers, rawHeaders }: Exchange): ReadonlyMap<string, string> | null {
  let codings: Map<string, string> | null = null;
  for (const name of ["if-match", "if-none-match"] as const) {
    const value = headers[name];
    if (value === undefined || !/-(?:zstd|br|gzip)"/.test(value)) continue;
    const tags = value.match(/(?:W\/)?"[^"]*"/g) ?? [];
    const all = new Set(tags);
    for (const tag of tags) {
      const [, start, coding] = suffixed.exec(tag) ?? [];
      if (start === undefined || coding === undefined) continue;
      all.add(`${start}"`);
      (codings ??= new Map()).set(`${start}"`, coding);
    }
    replace(headers as Record<string, string>, rawHeaders as string[], { name, value: [...all].join(", ") });
  }
  return codings;
}

function replace(headers: Record<string, string>, rawHeaders: string[], { name, value }: { name: string; value: string }): void {
  headers[name] = value;
  let done = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if ((rawHeaders[index] as string).toLowerCase() !== name) continue;
    // Several fields of the name are one list, which stands in the first of them now.
    rawHeaders[index + 1] = done ? "" : value;
    done = true;
  }
}
