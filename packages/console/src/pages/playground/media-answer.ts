/** Models that draw or speak: what they are asked, and their answer as something to look at or to hear. */
import type { Answer, Entry } from "./conversation.ts";

export type ModelKind = "chat" | "images" | "speech";

/** What OpenAI's and most others' models of speech know; others say what they want instead. */
const usualVoice = "alloy";

export interface MediaRequest {
  path: string;
  body: Record<string, unknown>;
}

/** They know nothing of what was said before. */
export function mediaRequestOf(kind: Exclude<ModelKind, "chat">, model: string, entries: readonly Entry[]): MediaRequest {
  const text = entries.findLast((entry) => entry.role === "user")?.text ?? "";
  if (kind === "images") return { path: "/v1/images/generations", body: { model, prompt: text } };
  return { path: "/v1/audio/speech", body: { model, input: text, voice: usualVoice } };
}

interface Images {
  output_format?: string;
  data?: { b64_json?: string; url?: string }[];
  usage?: { input_tokens?: number; output_tokens?: number };
}

/** A picture that stands elsewhere is not fetched: who looks at it would tell its server. */
export function withImages(answer: Answer, text: string): Answer {
  const images = parsed(text);
  const pictures = (images.data ?? []).flatMap(({ b64_json: base64 }) => (base64 ? [`data:image/${images.output_format ?? "png"};base64,${base64}`] : []));
  const addresses = (images.data ?? []).flatMap(({ url }) => (url ? [url] : []));
  const { usage } = images;
  return { ...answer, state: "coming", pictures, text: addresses.join("\n\n"), usage: usage ? { input: usage.input_tokens ?? 0, output: usage.output_tokens ?? 0 } : answer.usage };
}

/** `pieces` are base64, each of its own bytes. */
export function withSound(answer: Answer, pieces: readonly string[]): Answer {
  const type = answer.head?.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "audio/mpeg";
  const bytes = pieces.map((piece) => atob(piece)).join("");
  return { ...answer, state: "coming", sound: `data:${type.split(";")[0]};base64,${btoa(bytes)}` };
}

function parsed(text: string): Images {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
