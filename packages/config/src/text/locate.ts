/** Finds where paths stand in the text, by one more pass over YAML's events; run only when there is something to report. */
import { EVENT_ID, getScalarValue, type Event } from "js-yaml";
import type { Path } from "../diagnostics/finding.ts";

export interface Place {
  /** UTF-16 units from the start of the text; -1 in a sequence, whose items have no key. */
  key: number;
  value: number;
  /** False where the text does not have the path and this is its nearest ancestor's place. */
  exact: boolean;
}

interface Node {
  children: Map<string | number, Node>;
  place: Omit<Place, "exact"> | null;
}

/** The wanted paths as a tree; a frame of the walk without a node is in a part that nobody asks about. */
interface Frame {
  node: Node | null;
  sequence: boolean;
  /** The next item's index, or the key whose value comes next. */
  next: string | number | null;
  keyOffset: number;
}

/** Looks up places; a path that is not in the text (a missing key, the inside of an alias) has its nearest ancestor's. */
export function locate(text: string, events: readonly Event[], paths: readonly Path[]): (path: Path) => Place {
  const root: Node = { children: new Map(), place: null };
  for (const path of paths) wish(root, path);
  walk(text, events, root);
  return (path) => nearestPlace(root, path);
}

function wish(root: Node, path: Path): void {
  let node = root;
  for (const part of path) {
    let child = node.children.get(part);
    if (!child) node.children.set(part, (child = { children: new Map(), place: null }));
    node = child;
  }
}

function nearestPlace(root: Node, path: Path): Place {
  let node: Node | undefined = root;
  let place = root.place ?? { key: 0, value: 0 };
  for (const part of path) {
    node = node.children.get(part);
    if (!node?.place) return { ...place, exact: false };
    place = node.place;
  }
  return { ...place, exact: true };
}

function walk(text: string, events: readonly Event[], root: Node): void {
  const stack: Frame[] = [];
  for (const event of events) {
    const top = stack.at(-1);
    if (event.type === EVENT_ID.POP) stack.pop();
    else if (event.type === EVENT_ID.DOCUMENT) continue;
    else if (top && !top.sequence && top.next === null && event.type === EVENT_ID.SCALAR) {
      top.next = top.node ? getScalarValue(text, event) : "";
      top.keyOffset = quotedStart(text, event.valueStart);
    } else {
      const node = enter(text, event, top, root);
      if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
        stack.push({ node, sequence: event.type === EVENT_ID.SEQUENCE, next: event.type === EVENT_ID.SEQUENCE ? 0 : null, keyOffset: -1 });
      }
    }
  }
}

/** Steps onto a value: notes its place if it is wanted, and moves the frame above on. */
function enter(text: string, event: Exclude<Event, { type: typeof EVENT_ID.POP | typeof EVENT_ID.DOCUMENT }>, top: Frame | undefined, root: Node): Node | null {
  const node = top ? ((top.next === null ? null : top.node?.children.get(top.next)) ?? null) : root;
  // A duplicate key comes here twice; the first place is kept, the second is known to whoever found the duplicate.
  if (node && !node.place) node.place = placeOf(text, event, top);
  if (top) top.next = typeof top.next === "number" ? top.next + 1 : null;
  return node;
}

function placeOf(text: string, event: Parameters<typeof valueOffset>[1], top: Frame | undefined): Omit<Place, "exact"> {
  const key = top?.sequence === false ? top.keyOffset : -1;
  const value = valueOffset(text, event);
  // What is empty stands nowhere: its key is where somebody looks.
  return { key, value: value >= 0 ? value : Math.max(key, 0) };
}

function valueOffset(text: string, event: Exclude<Event, { type: typeof EVENT_ID.POP | typeof EVENT_ID.DOCUMENT }>): number {
  if (event.type === EVENT_ID.SCALAR) return quotedStart(text, event.valueStart);
  return event.type === EVENT_ID.ALIAS ? event.anchorStart - 1 : event.start;
}

/** The events point behind an opening quote; people look at the quote. */
function quotedStart(text: string, offset: number): number {
  const before = text[offset - 1];
  return before === '"' || before === "'" ? offset - 1 : offset;
}
