/** A refusal as the page shows it: the problem document of the admin API, or one of the page's own making where no document came. */
export interface ShownProblem {
  title: string;
  detail: string;
  fix: string;
  code: string;
  status: number;
  /** Address of the page that explains the code. */
  type?: string;
  /** Other members of the document, such as `errors` and `yaml`. */
  members: Readonly<Record<string, unknown>>;
}

export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: ShownProblem;

  constructor(problem: ShownProblem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** True for a refusal with this code. */
export function isProblem(error: unknown, code: string): error is ProblemError {
  return error instanceof ProblemError && error.problem.code === code;
}

/** No answer at all, or one of a proxy that found nobody. */
export function isSilent(error: unknown): boolean {
  const { status } = shownProblem(error);
  return status === 0 || status >= 500;
}

/** Anything that was thrown, as something that can be shown. */
export function shownProblem(error: unknown): ShownProblem {
  if (error instanceof ProblemError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { title: "The page failed", detail, fix: "Reload the page; if it stays, report it with this text.", code: "page-failed", status: 0, members: {} };
}

export async function problemOf(response: Response): Promise<ProblemError> {
  const text = await response.text().catch(() => "");
  const members = jsonObject(text);
  if (members && typeof members["code"] === "string") return new ProblemError(fromDocument(members, response.status));
  return new ProblemError({
    title: `The answer was ${response.status}, without an explanation`,
    detail: text.slice(0, 300) || response.statusText,
    fix: "Something between this page and Parley may have answered instead of it. Check the proxy, then try again.",
    code: "unexplained-answer",
    status: response.status,
    members: {},
  });
}

export function unreachable(): ProblemError {
  return new ProblemError({
    title: "Parley does not answer",
    detail: "The request did not reach the control plane. Calls through the gateway go on without it.",
    fix: "Check that ./parley up still runs; the page tries again by itself.",
    code: "unreachable",
    status: 0,
    members: {},
  });
}

/** The head came, and not all of what followed. */
export function brokenOff(): ProblemError {
  return new ProblemError({
    title: "The answer broke off",
    detail: "The connection to the control plane ended before the whole answer was here. What was asked may have been done.",
    fix: "Try again. If it stays, look at the proxy between this page and Parley: one that cuts long or slow answers does this.",
    code: "answer-broken-off",
    status: 0,
    members: {},
  });
}

function fromDocument(members: Record<string, unknown>, status: number): ShownProblem {
  const text = (name: string): string => (typeof members[name] === "string" ? members[name] : "");
  return {
    title: text("title"),
    detail: text("detail"),
    fix: text("fix"),
    code: text("code"),
    status,
    members,
    ...(text("type") ? { type: text("type") } : {}),
  };
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** What the server found wrong, by JSON pointer into the body; `/spec` is taken off, because forms know only the spec. */
export function problemsByPointer(problem: ShownProblem | null): ReadonlyMap<string, string> {
  const errors = problem?.members["errors"];
  if (!Array.isArray(errors)) return new Map();
  return new Map(errors.flatMap((entry: unknown) => pointerAndMessage(entry)));
}

function pointerAndMessage(entry: unknown): [string, string][] {
  if (typeof entry !== "object" || entry === null) return [];
  const { pointer, message, detail } = entry as Record<string, unknown>;
  const text = message ?? detail;
  if (typeof pointer !== "string" || typeof text !== "string") return [];
  return [[pointer.replace(/^\/spec(?=\/|$)/, ""), text]];
}
