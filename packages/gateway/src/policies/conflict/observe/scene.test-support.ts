/** A service as the detector sees it, for its tests. */
import { digestDocument, digestMergePatch, LostUpdateDetector, PointerTable, type DetectorLimits, type DocumentDigests, type LostUpdate, type WrittenDigests } from "./index.ts";

const limits: DetectorLimits = { resources: 1_000, readersPerResource: 8, changesPerResource: 64, editingMs: 900_000 };

/** Every event comes a millisecond after the one before. */
export class Scene {
  readonly #table = new PointerTable(10_000);
  readonly detector: LostUpdateDetector;
  #at = 0;
  #calls = 0;

  constructor(change: Partial<DetectorLimits> = {}) {
    this.detector = new LostUpdateDetector(this.#table, { ...limits, ...change });
  }

  digest(document: unknown): DocumentDigests {
    return digestDocument(document, { table: this.#table, salt: { high: 7, low: 9 }, maxPointers: 512 })!;
  }

  reads(actor: string, document: unknown, resource = "/notes/7"): void {
    this.detector.read({ resource, actor, at: (this.#at += 1), document: document === undefined ? null : this.digest(document), bodyDigests: [] });
  }

  puts(actor: string, document: unknown, shown?: unknown): LostUpdate | null {
    return this.#writes(actor, { ...this.digest(document), whole: true, removed: [] }, shown);
  }

  patches(actor: string, patch: unknown, shown?: unknown): LostUpdate | null {
    return this.#writes(actor, digestMergePatch(patch, { table: this.#table, salt: { high: 7, low: 9 }, maxPointers: 512 }), shown);
  }

  posts(actor: string): LostUpdate | null {
    return this.#writes(actor, null, undefined);
  }

  #writes(actor: string, written: WrittenDigests | null, shown: unknown): LostUpdate | null {
    this.#calls += 1;
    return this.detector.write({ resource: "/notes/7", actor, at: (this.#at += 1), callId: `call-${this.#calls}`, written, shown: shown === undefined ? null : this.digest(shown) });
  }
}

export const base = { title: "plan", tags: ["a"], owner: { name: "kim" } };

/** Both have read the same. */
export function bothRead(document: unknown = base): Scene {
  const scene = new Scene();
  scene.reads("ann", document);
  scene.reads("bob", document);
  return scene;
}
