/** Servers on one's own machines, kinds for whatever speaks a known format, and the sandbox. */
import type { CatalogueEntry } from "./entry.ts";

export const ownServers: readonly CatalogueEntry[] = [
  {
    kind: "ollama", title: "Ollama (Llama on your own machine)", dialect: "ollama-chat", baseUrl: "http://127.0.0.1:11434", baseUrlVariable: "OLLAMA_HOST",
    keyVariables: [], credentials: "none", supports: ["chat", "embeddings"], models: [],
  },
  {
    kind: "vllm", title: "vLLM", dialect: "openai-chat", baseUrl: "http://127.0.0.1:8000/v1", baseUrlVariable: "VLLM_BASE_URL",
    keyVariables: ["VLLM_API_KEY"], keyIsOptional: true, credentials: "bearer", supports: ["chat", "completions", "embeddings", "rerank", "transcription"], models: [],
  },
  {
    // Its usual port is this gateway's own, so that there is no usual address.
    kind: "llamacpp", title: "llama.cpp", dialect: "openai-chat", baseUrl: null, baseUrlVariable: "LLAMACPP_BASE_URL",
    keyVariables: ["LLAMACPP_API_KEY"], keyIsOptional: true, credentials: "bearer", supports: ["chat", "completions", "embeddings", "rerank"],
    quirks: { renames: { max_completion_tokens: "max_tokens" } }, models: [],
  },
  {
    kind: "lmstudio", title: "LM Studio", dialect: "openai-chat", baseUrl: "http://127.0.0.1:1234/v1", baseUrlVariable: "LMSTUDIO_BASE_URL",
    keyVariables: ["LMSTUDIO_API_KEY"], keyIsOptional: true, credentials: "bearer", supports: ["chat", "completions", "embeddings"],
    quirks: { renames: { max_completion_tokens: "max_tokens" } }, models: [],
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
    keyVariables: [], credentials: "none", models: ["echo", "embed", "image", "tts"],
  },
];
