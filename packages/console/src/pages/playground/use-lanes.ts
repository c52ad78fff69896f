/** The lanes of the playground: one model each, with its own conversation, all asked at once. */
import { useCallback, useEffect, useRef, useState } from "react";
import { shownProblem } from "../../api/problem-error.ts";
import { tryCall } from "../../api/try-call.ts";
import { chatStreamReader, problemOfBody } from "./chat-stream.ts";
import { type Answer, type Entry, newAnswer, openToolCalls, type Parameters, requestOf } from "./conversation.ts";
import { mediaRequestOf, type ModelKind, withImages, withSound } from "./media-answer.ts";

export interface Lane {
  id: number;
  model: string;
  entries: readonly Entry[];
}

export const mostLanes = 4;

export interface Lanes {
  lanes: readonly Lane[];
  busy: boolean;
  ask: (question: Entry, parameters: Parameters) => void;
  /** Goes on in one lane, with the results of the tools that its model called. */
  giveResults: (lane: Lane, results: readonly string[], parameters: Parameters) => void;
  setModel: (id: number, model: string) => void;
  add: (model: string) => void;
  remove: (id: number) => void;
  clear: () => void;
  stop: () => void;
}

export function useLanes(models: readonly string[], aiPath: string, kindOf: (model: string) => ModelKind): Lanes {
  const [lanes, setLanes] = useState<readonly Lane[]>(() => models.map((model, id) => ({ id, model, entries: [] })));
  const running = useRef(new Map<number, AbortController>());
  const [busy, setBusy] = useState(0);
  const change = useCallback((id: number, changed: (lane: Lane) => Lane) => setLanes((before) => before.map((lane) => (lane.id === id ? changed(lane) : lane))), []);
  const stopLane = useCallback((id: number) => running.current.get(id)?.abort(), []);
  const stop = useCallback(() => running.current.forEach((controller) => controller.abort()), []);
  // What is on its way when the page is left would be paid for and seen by nobody.
  useEffect(() => stop, [stop]);

  const run = (lane: Lane, added: readonly Entry[], parameters: Parameters): void => {
    const entries = [...lane.entries, ...added];
    const place = entries.length;
    const controller = new AbortController();
    running.current.set(lane.id, controller);
    setBusy((count) => count + 1);
    change(lane.id, (before) => ({ ...before, entries: [...entries, newAnswer()] }));
    const update = (changed: (answer: Answer) => Answer): void =>
      change(lane.id, (before) => ({ ...before, entries: before.entries.map((entry, index) => (index === place && entry.role === "assistant" ? changed(entry) : entry)) }));
    const kind = kindOf(lane.model);
    const { path, body } = kind === "chat" ? { path: "/v1/chat/completions", body: requestOf(lane.model, entries, parameters) } : mediaRequestOf(kind, lane.model, entries);
    void askModel({ kind, request: body, path: aiPath + path, update, signal: controller.signal }).finally(() => {
      if (running.current.get(lane.id) === controller) running.current.delete(lane.id);
      setBusy((count) => count - 1);
    });
  };

  return {
    lanes,
    busy: busy > 0,
    ask: (question, parameters) => lanes.filter(({ entries }) => openToolCalls(entries).length === 0).forEach((lane) => run(lane, [question], parameters)),
    giveResults: (lane, results, parameters) => run(lane, openToolCalls(lane.entries).map(({ id, name }, index) => ({ role: "tool", id, name, text: results[index] ?? "" })), parameters),
    setModel: (id, model) => change(id, (lane) => ({ ...lane, model })),
    add: (model) => setLanes((before) => (before.length >= mostLanes ? before : [...before, { id: Math.max(-1, ...before.map(({ id }) => id)) + 1, model, entries: [] }])),
    remove: (id) => {
      stopLane(id);
      setLanes((before) => before.filter((lane) => lane.id !== id));
    },
    clear: () => {
      stop();
      setLanes((before) => before.map((lane) => ({ ...lane, entries: [] })));
    },
    stop,
  };
}

interface Asked {
  kind: ModelKind;
  request: Record<string, unknown>;
  path: string;
  update: (changed: (answer: Answer) => Answer) => void;
  signal: AbortSignal;
}

/** Never throws: what goes wrong stands in the answer, beside what was said. */
async function askModel({ kind, request, path, update, signal }: Asked): Promise<void> {
  const read = chatStreamReader();
  const startedAt = performance.now();
  let refusal: { status: number; text: string } | null = null;
  let images = "";
  const sound: string[] = [];
  try {
    const end = await tryCall(
      { method: "POST", path, headers: { "content-type": "application/json" }, body: JSON.stringify(request) },
      {
        onBytes: (base64) => void sound.push(base64),
        onHead: (head) => {
          if (head.status >= 400) refusal = { status: head.status, text: "" };
          update((answer) => ({ ...answer, head }));
        },
        onText: (text) => {
          if (refusal) refusal.text += text;
          else if (kind === "images") images += text;
          else update((answer) => timed(read(answer, text), performance.now() - startedAt));
        },
      },
      signal,
    );
    if (images !== "") update((answer) => withImages(answer, images));
    if (sound.length > 0) update((answer) => withSound(answer, sound));
    const refused: { status: number; text: string } | null = refusal;
    update((answer) => ended(answer, { refused, wholeMs: end?.durationMs ?? performance.now() - startedAt, broken: end === null ? "the control plane ended the answer" : end.broken }));
  } catch (error) {
    if (signal.aborted) update((answer) => ({ ...answer, state: "stopped", wholeMs: performance.now() - startedAt }));
    else update((answer) => ({ ...answer, state: "failed", problem: shownProblem(error) }));
  }
}

function timed(answer: Answer, sinceMs: number): Answer {
  const hasContent = answer.text !== "" || answer.reasoning !== "" || answer.toolCalls.length > 0;
  return answer.firstTextMs === null && hasContent ? { ...answer, firstTextMs: sinceMs } : answer;
}

function ended(answer: Answer, how: { refused: { status: number; text: string } | null; wholeMs: number; broken: string | null }): Answer {
  const { refused, wholeMs, broken } = how;
  if (refused) return { ...answer, state: "failed", wholeMs, problem: problemOfBody(refused.text, refused.status) };
  if (answer.state === "failed") return { ...answer, wholeMs };
  if (broken === null) return { ...answer, state: "done", wholeMs };
  return { ...answer, state: "failed", wholeMs, problem: { title: "The answer broke off", detail: broken, fix: "Look at the call; its attempts say who ended it.", code: "answer-broken", status: 0, members: {} } };
}
