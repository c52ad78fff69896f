/**
 * Providers that are known by name. A provider is data: what it speaks, where it is, how its key is called. Adding an
 * OpenAI-compatible one is one entry here. Both planes read this: the gateway to call, the control plane to find
 * providers by their usual environment variables and to offer them in the console.
 */

/** Wire formats that the gateway can speak to a provider. */
export type Dialect = "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "mistral-chat" | "ollama-chat";

export interface CatalogueEntry {
  /** The `kind` in the configuration, and the name under which it is found without configuration. */
  kind: string;
  title: string;
  /** Null for the sandbox, which is answered inside the gateway. */
  dialect: Dialect | null;
  /** Further formats that it speaks, each used for callers who speak it too. */
  alsoSpeaks?: readonly Dialect[];
  /** As `baseUrl` in the configuration; null where there is no usual one. */
  baseUrl: string | null;
  /** The usual environment variables of the key, the first one that is set wins; empty where none is needed. */
  keyVariables: readonly string[];
  /** The usual environment variable of the base URL. */
  baseUrlVariable: string | null;
  credentials: "bearer" | "x-api-key" | "x-goog-api-key" | "none";
  /** Models that a bare name may mean, and that /v1/models lists; the provider's own list is asked for where it has one. */
  models: readonly string[];
}

export const providerCatalogue: readonly CatalogueEntry[] = [
  {
    kind: "openai", title: "OpenAI", dialect: "openai-chat", alsoSpeaks: ["openai-responses"], baseUrl: "https://api.openai.com/v1", baseUrlVariable: "OPENAI_BASE_URL",
    keyVariables: ["OPENAI_API_KEY"], credentials: "bearer",
    models: [
      "gpt-5.5", "gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.2", "gpt-5.1", "gpt-5", "gpt-5-mini", "gpt-5-nano",
      "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini", "o3", "o3-mini", "o4-mini", "gpt-4-turbo", "gpt-4", "gpt-3.5-turbo",
    ],
  },
  {
    kind: "anthropic", title: "Anthropic", dialect: "anthropic-messages", baseUrl: "https://api.anthropic.com", baseUrlVariable: "ANTHROPIC_BASE_URL",
    keyVariables: ["ANTHROPIC_API_KEY"], credentials: "x-api-key",
    models: [
      "claude-opus-5", "claude-sonnet-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-5", "claude-sonnet-4-5",
      "claude-haiku-4-5", "claude-opus-4-1", "claude-opus-4-0", "claude-opus-4", "claude-sonnet-4-0", "claude-sonnet-4", "claude-3-7-sonnet-latest",
      "claude-3-7-sonnet", "claude-3-5-haiku-latest", "claude-3-5-haiku", "claude-3-5-sonnet", "claude-3-haiku",
    ],
  },
  {
    kind: "gemini", title: "Google Gemini", dialect: "gemini", baseUrl: "https://generativelanguage.googleapis.com", baseUrlVariable: null,
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"], credentials: "x-goog-api-key",
    models: [
      "gemini-3.5-flash", "gemini-3.1-pro-preview", "gemini-3-pro-preview", "gemini-3-flash-preview",
      "gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.0-flash", "gemini-2.0-flash-lite",
    ],
  },
  {
    kind: "mistral", title: "Mistral", dialect: "mistral-chat", baseUrl: "https://api.mistral.ai/v1", baseUrlVariable: null,
    keyVariables: ["MISTRAL_API_KEY"], credentials: "bearer",
    models: [
      "mistral-large-latest", "mistral-medium-latest", "mistral-small-latest", "magistral-medium-latest", "magistral-small-latest",
      "codestral-latest", "devstral-medium-latest", "ministral-8b-latest", "ministral-3b-latest", "pixtral-large-latest", "open-mistral-nemo",
    ],
  },
  {
    kind: "ollama", title: "Ollama (Llama on your own machine)", dialect: "ollama-chat", baseUrl: "http://127.0.0.1:11434", baseUrlVariable: "OLLAMA_HOST",
    keyVariables: [], credentials: "none", models: [],
  },
  {
    kind: "openai-compatible", title: "Any OpenAI-compatible server (vLLM, llama.cpp, LM Studio, …)", dialect: "openai-chat", baseUrl: null, baseUrlVariable: null,
    keyVariables: [], credentials: "bearer", models: [],
  },
  {
    kind: "openai-responses", title: "Any server that speaks OpenAI's responses", dialect: "openai-responses", baseUrl: null, baseUrlVariable: null,
    keyVariables: [], credentials: "bearer", models: [],
  },
  {
    kind: "sandbox", title: "Sandbox (no key, no network)", dialect: null, baseUrl: null, baseUrlVariable: null,
    keyVariables: [], credentials: "none", models: ["echo"],
  },
];

export function catalogueEntry(kind: string): CatalogueEntry | undefined {
  return providerCatalogue.find((entry) => entry.kind === kind);
}
