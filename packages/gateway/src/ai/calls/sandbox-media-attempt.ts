/** Pictures and speech of the sandbox, from inside the gateway. */
import { asNumber, asText } from "../conversation/json.ts";
import { refuseParameter, requiredText } from "../conversation/parameters.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteUsage } from "../record/call-notes.ts";
import { sandboxImage, type SandboxMedia, sandboxSpeech } from "../sandbox/sandbox-media.ts";
import type { AiCall } from "./ai-call.ts";
import type { CallFailure } from "./call-failure.ts";

const mostImages = 4;

export function attemptSandboxMedia(call: AiCall, target: ModelTarget, { path, settled }: { path: string; settled: (failure: CallFailure | null) => CallFailure | null }): CallFailure | null {
  const wanted = path === "/images/generations" ? "image" : path === "/audio/speech" ? "tts" : refuseParameter("unsupported-parameter", "model", `the sandbox makes pictures and speech, and has no ${path.slice(1)}`);
  if (target.model !== wanted) refuseParameter("unsupported-parameter", "model", `the sandbox has the model ${wanted} for this, and ${target.model} is not for it`);
  const { contentType, body, usage } = made(call, wanted);
  noteUsage(call, target, { usage, finishReason: undefined });
  settled(null);
  call.sink.head(200, ["Content-Type", contentType, "Content-Length", String(body.length)]);
  call.sink.data(body);
  call.sink.end();
  return null;
}

function made(call: AiCall, wanted: "image" | "tts"): SandboxMedia {
  const asked = call.requestBody();
  if (wanted === "tts") return sandboxSpeech(requiredText(asked, "input"));
  if (asText(asked["response_format"]) === "url") return refuseParameter("unsupported-parameter", "response_format", "the sandbox keeps no pictures; it answers with b64_json");
  const count = asNumber(asked["n"]) ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > mostImages) return refuseParameter("invalid-request", "n", `n has to be from 1 to ${mostImages}`);
  return sandboxImage(requiredText(asked, "prompt"), { count, nowSeconds: Math.floor(call.ports.now() / 1000) });
}
