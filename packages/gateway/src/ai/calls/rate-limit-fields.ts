// Hot path: once for each answer of a provider of another dialect.
/**
 * Rate limits as OpenAI and its like tell them (x-ratelimit-remaining-tokens, a reset in so many seconds) and as Anthropic
 * does (anthropic-ratelimit-tokens-remaining, a reset at a time): each in the words that the caller's client reads.
 */
import type { DialectName } from "../conversation/content.ts";

const openAiName = /^x-ratelimit-(limit|remaining|reset)-(requests|tokens)$/;
const anthropicName = /^anthropic-ratelimit-(requests|tokens|input-tokens|output-tokens)-(limit|remaining|reset)$/;

/** Name and value for the caller; null for a field that tells no limit. `name` is in lower case. */
export function rateLimitField(name: string, value: string, { caller, nowMs }: { caller: DialectName; nowMs: number }): [string, string] | null {
  const isAnthropic = caller === "anthropic-messages";
  // Another dialect may well have the caller's names, and an answer that a guardrail looked at is of the caller's own.
  if ((isAnthropic ? anthropicName : openAiName).test(name)) return [name, value];
  const [, what, kind] = (isAnthropic ? openAiName : anthropicName).exec(name) ?? [];
  if (what === undefined || kind === undefined) return null;
  if (isAnthropic) return [`anthropic-ratelimit-${kind}-${what}`, what === "reset" ? timeOf(value, nowMs) : value];
  // Anthropic's pattern has the two in the other order.
  return [`x-ratelimit-${kind}-${what}`, kind === "reset" ? durationOf(value, nowMs) : value];
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** 6m0s, 1.5s, 20ms or plain seconds, as a time. */
function timeOf(duration: string, nowMs: number): string {
  let ms = /^[\d.]+$/.test(duration) ? Number(duration) * 1000 : 0;
  for (const [, count, unit = ""] of duration.matchAll(/([\d.]+)(ms|s|m|h|d)/g)) ms += Number(count) * (unitMs[unit] ?? 0);
  return new Date(nowMs + (Number.isFinite(ms) ? Math.min(ms, 31 * 86_400_000) : 0)).toISOString();
}

function durationOf(time: string, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(time) - nowMs) / 1000)) || 0;
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`;
}
