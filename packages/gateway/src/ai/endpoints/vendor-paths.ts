// Hot path: once for each AI call.
/**
 * Base URLs that applications have from a vendor, or from a habit: OpenAI's API below `/openai/v1` (Azure, Groq),
 * `/openai` (Azure's dated API, whose deployments have a file of their own) and `/v1beta/openai` (Google), a base URL that ends in `/v1` where the SDK adds its own, and one that lacks it.
 */
const others: readonly (readonly [begins: string, means: string])[] = [["/v1/v1/", "/v1/"], ["/v1beta/openai/", "/v1/"], ["/openai/v1/", "/v1/"], ["/openai/responses", "/v1/responses"], ["/chat/completions", "/v1/chat/completions"], ["/responses", "/v1/responses"], ["/embeddings", "/v1/embeddings"]];

/** Routes of these are needed besides those of the usual paths; a service's own path wins over them. */
export const otherRoots: readonly string[] = ["/openai/v1", "/openai/deployments", "/openai/responses", "/chat/completions", "/responses", "/embeddings"];

/** Paths by which Ollama's models are fetched, made, copied and deleted at Ollama itself. */
export const managingPaths: readonly string[] = ["/api/pull", "/api/push", "/api/create", "/api/copy", "/api/delete", "/api/blobs"];

/** The path as the table of endpoints has it. */
export function usualPath(path: string): string {
  // Nearly all are.
  if (path.startsWith("/v1/") && !path.startsWith("/v1/v1/")) return path;
  const [begins, means] = others.find(([each]) => path.startsWith(each)) ?? ["", ""];
  return means + path.slice(begins.length);
}
