/** All documents that a configuration file names, each read or fetched once and several at a time: one host that hangs holds up nobody else's. */
import { isUrl, type Loaded, loadFile, loadUrl } from "./load-document.ts";

const atOnce = 8;

export async function loadDocuments(sources: Iterable<string>): Promise<ReadonlyMap<string, Loaded>> {
  const loaded = new Map<string, Loaded>();
  const waiting = [...new Set(sources)].values();
  const work = async (): Promise<void> => {
    // The file is its operator's own, and so are the addresses in it.
    for (const source of waiting) loaded.set(source, isUrl(source) ? await loadUrl(source, { anyAddress: true }) : await loadFile(source));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return loaded;
}
