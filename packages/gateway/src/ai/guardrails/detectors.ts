/**
 * What the built-in detectors find. Every pattern is bounded and without nested repetition, so that none runs away; where
 * there is a checksum it decides. `run` are the characters that a match is made of: a stream holds back no more than the
 * unfinished run at its end.
 */
import type { DetectorName } from "@parley/contract/config/ai-guardrails";
import { isCardNumber, isIban, isIpAddress, isSsn } from "./checksums.ts";

export interface Detector {
  readonly name: string;
  readonly pattern: RegExp;
  /** Of one character. */
  readonly run: RegExp;
  /** A match is no longer. */
  readonly maxLength: number;
  readonly accepts?: (match: string) => boolean;
}

const word = /[A-Za-z0-9_.-]/;

const found: readonly Detector[] = [
  // Keys of vendors by their prefixes: OpenAI, Anthropic, AWS, Google, GitHub, GitLab, Slack, Stripe, SendGrid, npm, Hugging Face, Groq, xAI, PyPI, Twilio, this gateway's own.
  detector("api-key", String.raw`(?:sk-[A-Za-z0-9_-]{16,200}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{35}|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,64}|xox[abeprs]-[A-Za-z0-9-]{10,200}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,200}|SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}|npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{30,64}|gsk_[A-Za-z0-9]{40,64}|xai-[A-Za-z0-9]{40,100}|pypi-[A-Za-z0-9_-]{16,255}|SK[0-9a-f]{32}|pk_[A-Za-z0-9]{43})`, { run: word, maxLength: 300 }),
  { name: "private-key", pattern: /-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,16000}?(?:-----END (?:[A-Z]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|$)/g, run: /[-A-Z ]/, maxLength: 16_200 },
  detector("jwt", String.raw`eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{4,8000}\.[A-Za-z0-9_-]{8,2000}`, { run: word, maxLength: 14_000 }),
  detector("email", String.raw`[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}`, { run: /[A-Za-z0-9._%+'@-]/, maxLength: 320 }),
  detector("iban", String.raw`[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?`, { run: /[A-Z0-9 ]/, maxLength: 44, accepts: isIban }),
  detector("card", String.raw`[0-9](?:[ -]?[0-9]){11,18}`, { run: /[0-9 -]/, maxLength: 40, accepts: isCardNumber }),
  detector("ssn", String.raw`[0-9]{3}-[0-9]{2}-[0-9]{4}`, { run: /[0-9-]/, maxLength: 11, accepts: isSsn }),
  detector("phone", String.raw`\+[1-9][0-9]{0,2}(?:[ .-]?\(?[0-9]{1,6}\)?){1,6}|(?:\([0-9]{2,4}\)[ .-]?|(?<![0-9][ .-])[2-9][0-9]{2}[ .-])[0-9]{3}[ .-][0-9]{4}(?![ .-]?[0-9])`, { run: /[0-9 +().-]/, maxLength: 60, accepts: isPhone }),
  detector("ip-address", String.raw`(?:[0-9]{1,3}\.){3}[0-9]{1,3}`, { run: /[0-9.]/, maxLength: 15, accepts: isIpAddress }),
];

const groups: Partial<Record<DetectorName, readonly string[]>> = {
  secrets: ["api-key", "private-key", "jwt"],
  "personal-data": ["email", "iban", "card", "ssn", "phone"],
};

/** Without doubles, the most telling first: of two that find the same place the first one names it. */
export function detectorsOf(names: readonly DetectorName[]): readonly Detector[] {
  const wanted = new Set(names.flatMap((name) => groups[name] ?? [name]));
  return found.filter(({ name }) => wanted.has(name));
}

function detector(name: string, source: string, rest: Omit<Detector, "name" | "pattern">): Detector {
  return { name, pattern: new RegExp(`(?<![A-Za-z0-9_])(?:${source})(?![A-Za-z0-9_])`, "g"), ...rest };
}

/** Nine to fifteen digits, as E.164 has them. */
function isPhone(match: string): boolean {
  const digits = match.replace(/\D/g, "").length;
  return digits >= 9 && digits <= 15;
}
