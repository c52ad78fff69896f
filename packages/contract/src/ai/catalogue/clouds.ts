/** Clouds that serve many makers' models under an account of one's own: their addresses and credentials have parts. */
import type { CatalogueEntry } from "./entry.ts";

export const clouds: readonly CatalogueEntry[] = [
  {
    kind: "azure-openai", title: "Azure OpenAI", dialect: "openai-chat", alsoSpeaks: ["openai-responses"], baseUrl: null, baseUrlVariable: "AZURE_OPENAI_ENDPOINT",
    keyVariables: ["AZURE_OPENAI_API_KEY"], credentials: "api-key", surface: "azure",
    settings: [
      { name: "apiVersion", title: "API version (none for the v1 surface)", variables: ["AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION"] },
      { name: "accessToken", title: "Entra ID access token", variables: ["AZURE_OPENAI_AD_TOKEN"] },
    ],
    keyIsOptional: true,
    models: [],
  },
  {
    kind: "vertex", title: "Google Vertex AI", dialect: "gemini", alsoSpeaks: ["anthropic-messages"], baseUrl: "https://{location}-aiplatform.googleapis.com", baseUrlVariable: null,
    keyVariables: ["VERTEX_API_KEY"], keyIsOptional: true, credentials: "google", surface: "vertex", supports: ["chat", "embeddings"],
    settings: [
      { name: "project", title: "Project", variables: ["GOOGLE_CLOUD_PROJECT", "VERTEX_PROJECT"] },
      { name: "location", title: "Location", variables: ["GOOGLE_CLOUD_LOCATION", "VERTEX_LOCATION"], usual: "global" },
      { name: "serviceAccount", title: "Service account (its JSON key)", variables: ["VERTEX_SERVICE_ACCOUNT", "GOOGLE_APPLICATION_CREDENTIALS_JSON"] },
      { name: "accessToken", title: "Access token", variables: ["VERTEX_ACCESS_TOKEN"] },
    ],
    models: [
      "gemini-3.5-flash", "gemini-3.1-pro-preview", "gemini-3-pro-preview", "gemini-3-flash-preview", "gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.0-flash",
    ],
    modelNames: {
      "claude-opus-4-6": "claude-opus-4-6", "claude-sonnet-4-6": "claude-sonnet-4-6", "claude-opus-4-5": "claude-opus-4-5@20251101", "claude-sonnet-4-5": "claude-sonnet-4-5@20250929",
      "claude-haiku-4-5": "claude-haiku-4-5@20251001", "claude-opus-4-1": "claude-opus-4-1@20250805", "claude-sonnet-4": "claude-sonnet-4@20250514", "claude-3-7-sonnet": "claude-3-7-sonnet@20250219",
      "claude-3-5-haiku": "claude-3-5-haiku@20241022",
    },
  },
  {
    kind: "bedrock", title: "Amazon Bedrock", dialect: "bedrock-converse", baseUrl: "https://bedrock-runtime.{region}.amazonaws.com", baseUrlVariable: null,
    keyVariables: ["AWS_BEARER_TOKEN_BEDROCK"], keyIsOptional: true, credentials: "aws", supports: ["chat"],
    settings: [
      { name: "region", title: "Region", variables: ["AWS_REGION", "AWS_DEFAULT_REGION"], usual: "us-east-1" },
      { name: "accessKeyId", title: "Access key id", variables: ["AWS_ACCESS_KEY_ID"] },
      { name: "secretAccessKey", title: "Secret access key", variables: ["AWS_SECRET_ACCESS_KEY"] },
      { name: "sessionToken", title: "Session token", variables: ["AWS_SESSION_TOKEN"] },
    ],
    models: [
      "amazon.nova-pro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0", "us.amazon.nova-premier-v1:0", "us.amazon.nova-2-lite-v1:0", "openai.gpt-oss-120b-1:0", "openai.gpt-oss-20b-1:0",
      "meta.llama3-3-70b-instruct-v1:0", "mistral.mistral-large-2407-v1:0", "cohere.command-r-plus-v1:0", "deepseek.v3-v1:0", "qwen.qwen3-32b-v1:0",
    ],
    modelNames: {
      "claude-sonnet-5": "{geography}.anthropic.claude-sonnet-5", "claude-sonnet-4-6": "{geography}.anthropic.claude-sonnet-4-6",
      "claude-opus-4-5": "{geography}.anthropic.claude-opus-4-5-20251101-v1:0", "claude-sonnet-4-5": "{geography}.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "claude-haiku-4-5": "{geography}.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-opus-4-1": "{geography}.anthropic.claude-opus-4-1-20250805-v1:0",
      "claude-sonnet-4": "{geography}.anthropic.claude-sonnet-4-20250514-v1:0", "claude-3-7-sonnet": "{geography}.anthropic.claude-3-7-sonnet-20250219-v1:0",
      "claude-3-5-haiku": "{geography}.anthropic.claude-3-5-haiku-20241022-v1:0",
    },
  },
  {
    kind: "cloudflare", title: "Cloudflare Workers AI", dialect: "openai-chat", baseUrl: "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1", baseUrlVariable: null,
    keyVariables: ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"], credentials: "bearer", supports: ["chat", "responses", "embeddings"],
    settings: [{ name: "account", title: "Account id", variables: ["CLOUDFLARE_ACCOUNT_ID"], required: true }],
    quirks: { drops: ["user", "metadata", "service_tier"], refuses: ["n", "logit_bias", "logprobs"], noDeveloperRole: true, renames: { max_completion_tokens: "max_tokens" } },
    models: ["@cf/meta/llama-3.3-70b-instruct-fp8-fast", "@cf/meta/llama-4-scout-17b-16e-instruct", "@cf/openai/gpt-oss-120b", "@cf/qwen/qwq-32b", "@cf/baai/bge-m3"],
  },
  {
    kind: "databricks", title: "Databricks", dialect: "openai-chat", baseUrl: "https://{account}/serving-endpoints", baseUrlVariable: null,
    keyVariables: ["DATABRICKS_TOKEN"], credentials: "bearer", supports: ["chat", "completions", "embeddings"],
    settings: [{ name: "account", title: "Workspace host", variables: ["DATABRICKS_HOST"], required: true }],
    quirks: { renames: { max_completion_tokens: "max_tokens" }, drops: ["seed", "user", "metadata", "service_tier", "parallel_tool_calls", "store"], refuses: ["logit_bias"], noDeveloperRole: true },
    models: ["databricks-claude-sonnet-4-5", "databricks-meta-llama-3-3-70b-instruct", "databricks-llama-4-maverick", "databricks-gpt-oss-120b", "databricks-gte-large-en"],
  },
  {
    kind: "snowflake", title: "Snowflake Cortex", dialect: "openai-chat", baseUrl: "https://{account}.snowflakecomputing.com/api/v2/cortex/v1", baseUrlVariable: null,
    keyVariables: ["SNOWFLAKE_PAT", "SNOWFLAKE_API_KEY"], credentials: "bearer", supports: ["chat"],
    settings: [{ name: "account", title: "Account identifier", variables: ["SNOWFLAKE_ACCOUNT"], required: true }],
    quirks: { drops: ["seed", "user", "metadata", "service_tier", "parallel_tool_calls", "store"], refuses: ["n", "logit_bias"], renames: { max_tokens: "max_completion_tokens" }, noDeveloperRole: true },
    models: ["claude-sonnet-4-5", "llama3.1-70b", "llama4-maverick", "mistral-large2", "openai-gpt-5"],
  },
  {
    kind: "watsonx", title: "IBM watsonx", dialect: "openai-chat", baseUrl: "https://{region}.ml.cloud.ibm.com/ml/gateway/v1", baseUrlVariable: null,
    keyVariables: ["WATSONX_API_KEY", "WATSONX_APIKEY"], credentials: "ibm", supports: ["chat", "completions", "embeddings"],
    settings: [{ name: "region", title: "Region", variables: ["WATSONX_REGION"], usual: "us-south" }],
    quirks: { drops: ["metadata", "service_tier"] },
    models: ["ibm/granite-3-3-8b-instruct", "meta-llama/llama-3-3-70b-instruct", "mistralai/mistral-medium-2505"],
  },
];
