/**
 * A lone surrogate is good JSON and bad Unicode: DuckDB's reader refuses the whole line, so that an application could
 * hide a call by naming a model with one. Such a segment is written again with U+FFFD in their place.
 */
import { readFile, stat, writeFile } from "node:fs/promises";

/** Segments are sealed at 4 MiB and can pass that by one record. */
const maxSegmentBytes = 64 * 1024 * 1024;

/** The path of the repaired copy, or null when there was nothing to repair. */
export async function repairSegment(path: string): Promise<string | null> {
  if ((await stat(path)).size > maxSegmentBytes) return null;
  const text = await readFile(path, "utf8");
  const repaired = withoutLoneSurrogates(text);
  if (repaired === text) return null;
  const copy = `${path}.repaired`;
  await writeFile(copy, repaired, { mode: 0o600 });
  return copy;
}

/** An escaped backslash is passed over first, so that what follows it is not taken for an escape. */
export function withoutLoneSurrogates(json: string): string {
  return json.replace(/\\\\|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(\\ud[89a-f][0-9a-f]{2})/gi, (found: string, lone?: string) => (lone ? String.raw`\ufffd` : found));
}
