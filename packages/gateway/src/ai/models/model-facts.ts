/** What is known of a model without asking anybody: what it can be asked for, and how much it reads. */
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import type { Capability } from "@parley/contract/ai/provider-catalogue";
import type { ModelTarget } from "./model-target.ts";

export interface ModelFacts {
  readonly capabilities: readonly Capability[];
  /** Tokens; undefined where it is not known. */
  readonly contextWindow: number | undefined;
}

/** Vendors name what is no chat model after what it does. The first that fits tells all that such a model can. */
const purposes: readonly { name: RegExp; capabilities: readonly Capability[] }[] = [
  { name: /rerank/i, capabilities: ["rerank"] },
  { name: /embed|^voyage-|(?:^|[/-])(?:bge|e5|gte)-/i, capabilities: ["embeddings"] },
  { name: /moderation/i, capabilities: ["moderations"] },
  { name: /transcribe|whisper|voxtral.*transcri/i, capabilities: ["transcription"] },
  { name: /(?:^|[/-])tts(?:-|$)/i, capabilities: ["speech"] },
  { name: /^(?:dall-e|gpt-image|imagen|flux|image$)/i, capabilities: ["images"] },
  { name: /realtime/i, capabilities: ["realtime"] },
];

const ofChat: readonly Capability[] = ["chat", "batches"];
/** Finding a model in the catalogue takes some 90 µs. */
const maxKept = 5000;

/** Keeps what it has found out, for lists are long and asked for often. */
export class ModelFactsBook {
  readonly #known = new Map<string, ModelFacts>();

  of(target: ModelTarget): ModelFacts {
    const name = `${target.account.name}/${target.model}`;
    const known = this.#known.get(name);
    if (known) return known;
    if (this.#known.size >= maxKept) this.#known.clear();
    const facts = modelFacts(target);
    this.#known.set(name, facts);
    return facts;
  }
}

function modelFacts({ account, model }: ModelTarget): ModelFacts {
  const purpose = purposes.find(({ name }) => name.test(model));
  const possible = purpose?.capabilities ?? ofChat;
  const { supports } = account;
  const capabilities = possible.filter((capability) => (supports ? supports.has(capability) : capability !== "batches"));
  return { capabilities: capabilities.length === 0 && !purpose ? ["chat"] : capabilities, contextWindow: contextWindow(account.kind, model) };
}

function contextWindow(kind: string, model: string): number | undefined {
  const provider = findProvider({ providerId: kind });
  try {
    return provider && calcPrice({}, model, { providerId: provider.id })?.model.context_window;
  } catch {
    return undefined;
  }
}
