/** Anthropic cites for whole blocks, others for stretches of a text: such a text becomes several blocks. */
import type { AssistantPart, Citation, TextPart } from "../../conversation/content.ts";

interface Stretch {
  start: number;
  end: number;
  citations: Citation[];
}

/** The part itself where all of its citations hold for the whole of it. */
export function cutAtCitations(part: AssistantPart): AssistantPart[] {
  if (part.type !== "text" || !part.citations?.some((citation) => holdsForPart(citation, part.text))) return [part];
  const stretches = stretchesOf(part.text, part.citations);
  const blocks: TextPart[] = [];
  let at = 0;
  for (const { start, end, citations } of stretches) {
    if (start > at) blocks.push({ type: "text", text: part.text.slice(at, start) });
    blocks.push({ type: "text", text: part.text.slice(start, end), citations });
    at = end;
  }
  if (at < part.text.length) blocks.push({ type: "text", text: part.text.slice(at) });
  return blocks;
}

function holdsForPart({ startIndex, endIndex }: Citation, text: string): boolean {
  return startIndex !== undefined && endIndex !== undefined && startIndex < endIndex && (startIndex > 0 || endIndex < text.length);
}

/** In the order of the text, none overlapping another: those that do are one stretch with all that is cited for either. */
function stretchesOf(text: string, citations: readonly Citation[]): Stretch[] {
  const stretches: Stretch[] = [];
  const placed = citations.map((citation) => ({ start: Math.max(0, citation.startIndex ?? 0), end: Math.min(text.length, citation.endIndex ?? text.length), citation }));
  for (const { start, end, citation } of placed.toSorted((one, other) => one.start - other.start)) {
    const last = stretches.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      last.citations.push(citation);
    } else if (start < end) stretches.push({ start, end, citations: [citation] });
  }
  return stretches;
}
