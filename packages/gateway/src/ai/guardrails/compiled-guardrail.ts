/** Guardrails as they are kept for a snapshot. */
import type { Guardrail, NameRule } from "@parley/contract/config/ai-guardrails";
import { TextRule } from "./text-rule.ts";

export interface CompiledGuardrail {
  readonly name: string;
  readonly action: Guardrail["action"];
  readonly onInput: boolean;
  readonly onOutput: boolean;
  /** Null where it holds for everybody. */
  readonly consumers: ReadonlySet<string> | null;
  /** Null where it looks at no text. */
  readonly text: TextRule | null;
  readonly models: NameTest | null;
  readonly tools: NameTest | null;
  readonly max: NonNullable<Guardrail["max"]> | null;
  readonly webhook: NonNullable<Guardrail["webhook"]> | null;
}

/** Of a thing with two names each may forbid it, and one is enough to allow it. */
export type NameTest = (name: string, alsoCalled?: string) => boolean;

/** Throws where a pattern cannot be compiled. */
export function compileGuardrail(name: string, source: Guardrail): CompiledGuardrail {
  const text = new TextRule({ detect: source.detect ?? [], patterns: source.patterns ?? {} });
  return {
    name,
    action: source.action,
    onInput: source.on.includes("input"),
    onOutput: source.on.includes("output"),
    consumers: source.consumers ? new Set(source.consumers) : null,
    text: text.isEmpty ? null : text,
    models: source.models ? nameTest(source.models) : null,
    tools: source.tools ? nameTest(source.tools) : null,
    max: source.max ?? null,
    webhook: source.webhook ?? null,
  };
}

function nameTest({ allow, deny }: NameRule): NameTest {
  const denied = (deny ?? []).map(wildcard);
  const allowed = allow?.map(wildcard);
  return (name, alsoCalled = name) => {
    const isMeant = (test: RegExp): boolean => test.test(name) || test.test(alsoCalled);
    return !denied.some(isMeant) && (allowed === undefined || allowed.some(isMeant));
  };
}

/** Stars next to one another are one, so that none of these runs away. */
function wildcard(pattern: string): RegExp {
  const parts = pattern.split(/\*+/).map((part) => part.replaceAll(/[.+?^${}()|[\]\\/]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join("[^]*?")}$`);
}
