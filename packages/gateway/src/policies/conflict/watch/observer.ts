/**
 * Hot path (benchmark: observe). What one route's traffic tells the detector: reads and writes as they have passed. Keeps
 * digests and no bodies; bodies that are the known ones are recognised by their hash and not walked through again.
 */
import { digestDocument, digestMergePatch, type DigestOptions, type DocumentDigests, type LostUpdate, LostUpdateDetector, type Overtaken, PointerTable, type PotentialConflict, sameValue, type Salt, valueAt, type WrittenDigests } from "../observe/index.ts";
import type { ConflictPorts } from "../conflict-ports.ts";
import { parseJson } from "../requests/json-body.ts";
import { digestBytes, type DigestKey, digestKey, digestKeyBytes, isLarge } from "./bytes-digest.ts";
import { joined, lengthOf } from "./pieces.ts";
import { ReadingRoom } from "./reading-room.ts";

export interface ReadSeen {
  path: string;
  /** What selects the form of the answer besides the path; "" for the plain one. */
  form: string;
  actor: string;
  at: number;
  /** In pieces, as it came. Null where it was not seen, or cannot be compared. */
  body: readonly Buffer[] | null;
  /** Its content coding; "" for none. */
  coding: string;
}

export interface WriteSeen {
  path: string;
  actor: string;
  at: number;
  callId: string;
  kind: "replace" | "patch" | "unknown";
  body: Buffer | null;
  coding: string;
  /** A JSON document in the answer, in pieces. */
  answer: readonly Buffer[] | null;
  answerCoding: string;
}

const limits = { resources: 20_000, readersPerResource: 16, changesPerResource: 64, editingMs: 10 * 60_000 };
const maxPointersInTable = 50_000;
const maxPointersOfDocument = 2_000;
const maxForms = 20_000;

type ObserverPorts = Pick<ConflictPorts, "randomBytes" | "monotonicMs">;

const none: readonly never[] = [];

export class Observer {
  readonly #detector: LostUpdateDetector;
  readonly #options: DigestOptions;
  /** Of resources that are read in another form than the plain one: the form that is followed. Null until there is one. */
  #forms: Map<string, string> | null = null;

  readonly #room: ReadingRoom;
  readonly #ports: ObserverPorts;
  /** Made for the first large body: of ten thousand services most never have one. */
  #key: DigestKey | null = null;

  /** `salt` is a secret. */
  constructor(salt: Salt, ports: ObserverPorts) {
    this.#ports = ports;
    this.#room = new ReadingRoom(ports);
    const table = new PointerTable(maxPointersInTable);
    this.#detector = new LostUpdateDetector(table, limits);
    this.#options = { table, salt, maxPointers: maxPointersOfDocument };
  }

  read(seen: ReadSeen): void {
    const { path, actor, at, body, coding } = seen;
    if (body === null || !this.#follows(path, seen.form)) return this.#detector.read({ resource: path, actor, at, document: null, bodyDigests: none });
    const digest = this.#digestOf(body, coding);
    if (this.#detector.isKnown(path, digest)) return this.#detector.read({ resource: path, actor, at, document: "same", bodyDigests: none });
    if (coding !== "") return this.#readCoded(seen, body, digest);
    this.#detector.read({ resource: path, actor, at, document: this.#room.take(lengthOf(body)) ? this.#digests(body) : null, bodyDigests: [digest] });
  }

  /** One state has other bytes in each coding, and is the same state. */
  #readCoded({ path, actor, at, coding }: ReadSeen, body: readonly Buffer[], digest: string): void {
    const plain = this.#room.decoded(body, coding);
    if (plain === null) return this.#detector.read({ resource: path, actor, at, document: null, bodyDigests: none });
    const plainDigest = this.#digestOf([plain], "");
    const document = this.#detector.isKnown(path, plainDigest) ? "same" : this.#digests([plain]);
    this.#detector.read({ resource: path, actor, at, document, bodyDigests: [plainDigest, digest] });
  }

  #digestOf(body: readonly Buffer[], coding: string): string {
    const digest = digestBytes(isLarge(body) ? (this.#key ??= digestKey(this.#ports.randomBytes(digestKeyBytes))) : null, body);
    return coding === "" ? digest : `${coding} ${digest}`;
  }

  write(seen: WriteSeen): LostUpdate | null {
    const { path, actor, at, callId } = seen;
    const body = seen.body === null ? null : this.#withoutCoding([seen.body], seen.coding);
    const answer = seen.answer === null ? null : this.#withoutCoding(seen.answer, seen.answerCoding);
    // An answer that says what has become of it, and cannot be read: then nobody can say.
    const isUnread = seen.answer !== null && answer === null;
    const written = isUnread ? null : this.#written(seen.kind, body);
    const shown = answer === null || written === null ? null : this.#shown(answer, written);
    return this.#detector.write({ resource: path, actor, at, callId, written, shown });
  }

  #withoutCoding(body: readonly Buffer[], coding: string): readonly Buffer[] | null {
    if (coding === "" || lengthOf(body) === 0) return body;
    const plain = this.#room.decoded(body, coding);
    return plain === null ? null : [plain];
  }

  removed(path: string): void {
    this.#detector.removed(path);
    this.#forms?.delete(path);
  }

  /** `since`: Unix milliseconds. */
  sawListAbove(path: string, actor: string, since: number): boolean {
    return this.#detector.sawListAbove(path, actor, (reader) => reader.at >= since);
  }

  overtaken(path: string, actor: string): Overtaken | null {
    return this.#detector.overtaken(path, actor);
  }

  potential(nowMs: number): PotentialConflict[] {
    return this.#detector.potential(nowMs);
  }

  /** The first form that is read is followed; what is read in another one cannot be compared with it. */
  #follows(path: string, form: string): boolean {
    const followed = this.#forms?.get(path);
    if (followed !== undefined) return followed === form;
    if (form === "") return true;
    if (this.#detector.hasKnownBody(path)) return false;
    this.#forms ??= new Map();
    if (this.#forms.size >= maxForms) return false;
    this.#forms.set(path, form);
    return true;
  }

  #written(kind: WriteSeen["kind"], body: readonly Buffer[] | null): WrittenDigests | null {
    const document = kind === "unknown" || body === null ? undefined : parseJson(joined(body));
    if (document === undefined) return null;
    if (kind === "patch") return digestMergePatch(document, this.#options);
    const digests = digestDocument(document, this.#options);
    return digests && { ...digests, whole: true, removed: [] };
  }

  /** An answer may be anything (`{"ok":true}`): it shows the resource if it shows at least half of what was written. */
  #shown(answer: readonly Buffer[], written: WrittenDigests): DocumentDigests | null {
    const shown = this.#digests(answer);
    if (shown === null) return null;
    const { entries } = written;
    let same = 0;
    for (let at = 0; at < entries.length; at += 3) if (sameValue(valueAt(shown, entries[at] as number), valueAt(written, entries[at] as number))) same += 1;
    return same * 2 * 3 >= entries.length ? shown : null;
  }

  #digests(body: readonly Buffer[]): DocumentDigests | null {
    const document = parseJson(joined(body));
    return document === undefined ? null : digestDocument(document, this.#options);
  }
}
