/** What a provider of the catalogue is: data that both planes read. */

/** Wire formats that the gateway can speak to a provider. */
export type Dialect =
  | "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "mistral-chat" | "ollama-chat" | "bedrock-converse" | "cohere-chat";

/** What can be asked of a provider. */
export type Capability =
  | "chat" | "responses" | "completions" | "embeddings" | "rerank" | "moderations" | "images" | "speech" | "transcription" | "files" | "batches" | "realtime";

/** A setting of the configuration beside the key, and the usual environment variables of it. */
export interface ProviderSetting {
  name: "account" | "region" | "project" | "location" | "apiVersion" | "accessKeyId" | "secretAccessKey" | "sessionToken" | "serviceAccount" | "accessToken";
  /** What to call it in front of people. */
  title: string;
  variables: readonly string[];
  /** Without it the provider cannot be called, unless `baseUrl` is written. */
  required?: boolean;
  /** What holds where it is not written. */
  usual?: string;
}

/** Where a provider differs from the dialect that it speaks. Members are named as in that dialect, at the top level. */
export interface Quirks {
  /** Hints that it refuses: they are left out, and Parley-Warning says so. */
  drops?: readonly string[];
  /** Members that change the answer and that it does not have: a call with one is refused by its name. */
  refuses?: readonly string[];
  /** Members that it knows under another name. */
  renames?: Readonly<Record<string, string>>;
  /** It has no role `developer`: such a message goes as `system`. */
  noDeveloperRole?: boolean;
  /** It constrains JSON by `json_object` only, and not by a schema. */
  noJsonSchema?: boolean;
  /** In which member of an assistant's message it takes back what its model has thought: its text where tools were called, or entries that it gave. */
  takesReasoning?: "reasoning_content" | "reasoning_details";
}

export interface CatalogueEntry {
  /** The `kind` in the configuration, and the name under which it is found without configuration. */
  kind: string;
  title: string;
  /** Null for the sandbox, which is answered inside the gateway. */
  dialect: Dialect | null;
  /** Further formats that it speaks, each used for callers who speak it too. */
  alsoSpeaks?: readonly Dialect[];
  /** As `baseUrl` in the configuration, with settings in braces; null where there is no usual one. */
  baseUrl: string | null;
  /** The usual environment variables of the key, the first one that is set wins; empty where none is needed. */
  keyVariables: readonly string[];
  /** The key may be missing though it has a usual variable: servers on one's own machine, other ways to sign in. */
  keyIsOptional?: boolean;
  /** The usual environment variable of the base URL. */
  baseUrlVariable: string | null;
  credentials: "bearer" | "x-api-key" | "x-goog-api-key" | "api-key" | "aws" | "google" | "ibm" | "none";
  settings?: readonly ProviderSetting[];
  /** How its paths differ from the dialect's own. */
  surface?: "azure" | "vertex";
  /** Everything that its API has where this is absent. */
  supports?: readonly Capability[];
  quirks?: Quirks;
  /** Models that a bare name may mean, and that /v1/models lists; the provider's own list is asked for where it has one. */
  models: readonly string[];
  /** Its own names of models that applications call otherwise; `{geography}` is us, eu, apac, … of its region. */
  modelNames?: Readonly<Record<string, string>>;
}
