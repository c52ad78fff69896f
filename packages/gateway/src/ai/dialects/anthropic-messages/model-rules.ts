/** What differs between the models of this dialect, read from the version in their names. */

export interface ModelRules {
  /** What is asked for where the caller sets no limit, since the API requires one: the most that the model is known to put out. */
  readonly maxOutputTokens: number;
  /** How thinking is asked for: by a budget of tokens, by an effort that the model spends as it sees fit, or by either. */
  readonly thinking: "budget" | "adaptive" | "either" | "none";
  /** Which of temperature, top_p and top_k the model takes: all, temperature or top_p but not both, or none. */
  readonly sampling: "all" | "one" | "none";
  /** System messages may follow a user's turn. */
  readonly systemInPlace: boolean;
}

/** From which version on, as major × 100 + minor; the last that begins at or before the model's holds. */
const since: readonly [version: number, rules: ModelRules][] = [
  [0, { maxOutputTokens: 4096, thinking: "none", sampling: "all", systemInPlace: false }],
  [305, { maxOutputTokens: 8192, thinking: "none", sampling: "all", systemInPlace: false }],
  [307, { maxOutputTokens: 64_000, thinking: "budget", sampling: "all", systemInPlace: false }],
  [401, { maxOutputTokens: 64_000, thinking: "budget", sampling: "one", systemInPlace: false }],
  [406, { maxOutputTokens: 64_000, thinking: "either", sampling: "one", systemInPlace: false }],
  [407, { maxOutputTokens: 64_000, thinking: "adaptive", sampling: "none", systemInPlace: false }],
  [408, { maxOutputTokens: 64_000, thinking: "adaptive", sampling: "none", systemInPlace: true }],
];

/** A model that is not known gets what every model takes. */
const unknownModel: ModelRules = { maxOutputTokens: 4096, thinking: "budget", sampling: "all", systemInPlace: false };

export function modelRules(model: string): ModelRules {
  const version = versionOf(model);
  if (version === null) return unknownModel;
  const rules = since.findLast(([first]) => first <= version)?.[1] ?? unknownModel;
  // The first two Opus of version 4 put out half of what the others do.
  return version < 405 && model.includes("opus-4") ? { ...rules, maxOutputTokens: 32_000 } : rules;
}

/** claude-3-5-sonnet-20241022 → 305, claude-opus-4-20250514 → 400, claude-sonnet-5 → 500; a date is no version. */
function versionOf(model: string): number | null {
  const match = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model);
  return match ? Number(match[1]) * 100 + Number(match[2] ?? 0) : null;
}
