/** What the upstream's answer to a multipart batch says of each of its requests. */
import { fieldValue } from "../../../../exchange/raw-fields.ts";
import type { Answer } from "../../../../exchange/whole-answer.ts";
import type { ItemAnswer } from "../item-call.ts";
import { type PartAnswer, readAnswer } from "./http-message.ts";
import { boundaryOf, type MimePart, readParts } from "../../../../exchange/mime-parts.ts";
import { plainId } from "./part-item.ts";
import { type Changeset, contentId, isChangeset, type PartsBatch, type RequestPart } from "./parts-batch.ts";

/** The part of an answer that says it. */
export interface SaidPart {
  /** With its head. */
  bytes: Buffer;
  /** Of all of a changeset, which then was not carried out. */
  isForAll: boolean;
}

interface AnsweredPart extends SaidPart {
  answer: ItemAnswer;
}

export interface AnsweredParts {
  /** By the request's place in the batch. */
  answers: Map<number, AnsweredPart>;
  /** Of a changeset that was not carried out for another of its parts. */
  heldBack: Set<number>;
  /** The service ended at a part that failed, as OData services do that are not asked to go on: what is not answered was not carried out. */
  isStopped: boolean;
}

/** Null where the answer is none in parts, so that it says one thing of all of them. */
export function answeredParts(batch: PartsBatch, sent: ReadonlySet<number>, { rawHeaders, body }: Pick<Answer, "rawHeaders" | "body">): AnsweredParts | null {
  const boundary = boundaryOf(fieldValue(rawHeaders, "content-type") ?? "");
  if (boundary === null) return null;
  const answers: AnsweredParts["answers"] = new Map();
  const heldBack: AnsweredParts["heldBack"] = new Set();
  const parts = readParts(body, boundary, "lenient");
  // Of what cannot be read nothing is known.
  if (typeof parts === "string") return { answers, heldBack, isStopped: false };
  const asked = batch.parts.filter((part) => (isChangeset(part) ? part.members : [part]).some(({ index }) => sent.has(index)));
  const matched = matchedParts(asked, parts);
  for (const [part, said] of matched) {
    if (isChangeset(part)) readChangesetAnswer(part, said, { answers, heldBack });
    else keep(part, said, { answers, isForAll: false });
  }
  const last = answers.get(asked.map((part) => (isChangeset(part) ? part.members[0] : part)?.index ?? -1)[parts.length - 1] ?? -1);
  return { answers, heldBack, isStopped: parts.length < asked.length && last !== undefined && last.answer.status >= 400 };
}

type Asked = RequestPart | Changeset;

/** By Content-ID where the answers have them, else by their order. */
function matchedParts(asked: readonly Asked[], parts: readonly MimePart[]): [Asked, MimePart][] {
  const byId = new Map(parts.flatMap((part) => (contentId(part) === null ? [] : [[answeredId(part), part] as const])));
  if (byId.size > 0 && byId.size === parts.length && asked.some((part) => !isChangeset(part) && byId.has(idOf(part)))) {
    return asked.flatMap((part) => (isChangeset(part) || !byId.has(idOf(part)) ? [] : [[part, byId.get(idOf(part)) as MimePart] as [Asked, MimePart]]));
  }
  return parts.length > asked.length ? [] : parts.map((said, place) => [asked[place] as Asked, said]);
}

/** One answer for all of it where it was not carried out; its Content-ID says for which part, where it has one. */
function readChangesetAnswer(changeset: Changeset, said: MimePart, { answers, heldBack }: Pick<AnsweredParts, "answers" | "heldBack">): void {
  const boundary = boundaryOf(fieldValue(said.rawHeaders, "content-type") ?? "");
  if (boundary === null) {
    const reason = changeset.members.find((member) => idOf(member) !== "" && idOf(member) === answeredId(said));
    for (const member of changeset.members) {
      if (reason === undefined || member === reason) keep(member, said, { answers, isForAll: true });
      else heldBack.add(member.index);
    }
    return;
  }
  const parts = readParts(said.content, boundary, "lenient");
  if (typeof parts === "string") return;
  for (const [member, part] of matchedParts(changeset.members, parts)) if (!isChangeset(member)) keep(member, part, { answers, isForAll: false });
}

function keep({ index }: RequestPart, said: MimePart, { answers, isForAll }: Pick<AnsweredParts, "answers"> & Pick<SaidPart, "isForAll">): void {
  const answer: PartAnswer | null = readAnswer(said.content);
  if (answer !== null) answers.set(index, { answer, bytes: said.bytes, isForAll });
}

function idOf({ mime, request }: RequestPart): string {
  return plainId(contentId(mime) ?? fieldValue(request.rawHeaders, "content-id") ?? "");
}

/** Google's services put `response-` in front of the request's. */
function answeredId(part: MimePart): string {
  return plainId(contentId(part) ?? "").replace(/^response-/, "");
}
