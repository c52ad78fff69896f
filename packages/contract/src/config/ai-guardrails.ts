/** What is looked at before a request goes to a provider and before its answer goes to the caller. */
import { z } from "zod";
import { timerDuration } from "../units.ts";
import { entityName, httpUrl } from "./names.ts";

/** By pattern, and by checksum where there is one. `secrets` and `personal-data` stand for all of theirs. */
export const detectorNames = [
  "secrets", "api-key", "private-key", "jwt",
  "personal-data", "email", "phone", "iban", "card", "ssn", "ip-address",
] as const;
export type DetectorName = (typeof detectorNames)[number];

const nameList = z.array(z.string().min(1)).max(1000);
/** Names with `*` for any letters; `deny` goes before `allow`. */
const nameRule = z.strictObject({ allow: nameList.optional(), deny: nameList.optional() });
export type NameRule = z.output<typeof nameRule>;

const webhook = z.strictObject({
  url: httpUrl,
  /** Signs the request: Parley-Signature is the HMAC-SHA256 of its body, in hexadecimal. */
  secret: z.string().optional(),
  timeout: timerDuration.prefault("2s"),
  /** Of a stream so much is held back and asked about at once. */
  everyCharacters: z.int().min(1).max(100_000).default(500),
  /** What becomes of a call when the webhook does not answer. */
  onError: z.enum(["block", "pass"]).default("block"),
});

export const guardrail = z
  .strictObject({
    /** Which texts it looks at: what is asked, what is answered. */
    on: z.array(z.enum(["input", "output"])).min(1).default(["input", "output"]),
    /** Whom it holds for; by default everybody. */
    consumers: z.array(entityName).max(1000).optional(),
    detect: z.array(z.enum(detectorNames)).optional(),
    /** Regular expressions of RE2, by name. */
    patterns: z.record(entityName, z.string().min(1).max(2000)).optional(),
    /** What becomes of what was found: it is blacked out, the call is refused, or it is only said. */
    action: z.enum(["redact", "block", "warn"]).default("redact"),
    /** Names of models as applications ask for them. */
    models: nameRule.optional(),
    /** Names of the tools that a request offers. */
    tools: nameRule.optional(),
    max: z.strictObject({ messages: z.int().min(1).optional(), tokens: z.int().min(1).optional(), images: z.int().min(0).optional() }).optional(),
    webhook: webhook.optional(),
  })
  .refine(hasRule, "a guardrail looks for something: detect, patterns, models, tools, max or webhook");
export type Guardrail = z.output<typeof guardrail>;
export type GuardrailSource = z.input<typeof guardrail>;

function hasRule(rail: { detect?: unknown; patterns?: unknown; models?: unknown; tools?: unknown; max?: unknown; webhook?: unknown }): boolean {
  return [rail.detect, rail.patterns, rail.models, rail.tools, rail.max, rail.webhook].some((rule) => rule !== undefined);
}
