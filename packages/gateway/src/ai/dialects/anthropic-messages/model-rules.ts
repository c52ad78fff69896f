/** What differs between the models of this dialect, by their names. The first line that matches holds. */

export interface ModelRules {
  /** The most that the model can put out; what is asked for where the caller sets no limit, since the API requires one. */
  maxOutputTokens: number;
  /** How thinking is asked for: by a budget of tokens, by an effort that the model spends as it sees fit, or by either. */
  thinking: "budget" | "adaptive" | "either" | "none";
}

const families: readonly [name: RegExp, rules: ModelRules][] = [
  [/claude-(?:2|instant)/, { maxOutputTokens: 4096, thinking: "none" }],
  [/claude-3-(?:opus|sonnet|haiku)/, { maxOutputTokens: 4096, thinking: "none" }],
  [/claude-3-5/, { maxOutputTokens: 8192, thinking: "none" }],
  [/claude-3-7/, { maxOutputTokens: 64_000, thinking: "budget" }],
  [/claude-opus-4(?:-[01])?(?![-.]?\d)|claude-opus-4(?:-[01])?-\d{8}/, { maxOutputTokens: 32_000, thinking: "budget" }],
  [/claude-(?:opus|sonnet|haiku)-4-[0-5](?!\d)|claude-(?:sonnet|haiku)-4(?![-.]\d{1,2}(?!\d))/, { maxOutputTokens: 64_000, thinking: "budget" }],
  [/claude-(?:opus|sonnet)-4-6/, { maxOutputTokens: 64_000, thinking: "either" }],
  [/claude-[a-z]+-(?:4-(?:[6-9]|[1-9]\d)(?!\d)|[5-9]|[1-9]\d)/, { maxOutputTokens: 64_000, thinking: "adaptive" }],
];

/** A model that is not known gets what every model takes. */
const unknownModel: ModelRules = { maxOutputTokens: 4096, thinking: "budget" };

export function modelRules(model: string): ModelRules {
  return families.find(([name]) => name.test(model))?.[1] ?? unknownModel;
}
