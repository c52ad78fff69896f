/** Where Bedrock tells what an invocation used, whoever made the model: in the answer's header fields, or at a stream's end. */
import type { Usage } from "../../conversation/answer.ts";
import { asCount } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

export const metricsMember = "amazon-bedrock-invocationMetrics";

/** Bedrock's input excludes what was read from the cache and written to it; ours includes both. */
export function usageOfMetrics(metrics: JsonObject): Usage {
  const counts = { input: asCount(metrics["inputTokenCount"]), output: asCount(metrics["outputTokenCount"]), read: asCount(metrics["cacheReadInputTokenCount"]), write: asCount(metrics["cacheWriteInputTokenCount"]) };
  return usageOf(counts);
}

type Metrics = Readonly<Record<"inputTokenCount" | "outputTokenCount" | "cacheReadInputTokenCount" | "cacheWriteInputTokenCount", number>>;

export function metricsOf({ inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 }: Usage): Metrics {
  return { inputTokenCount: inputTokens - cacheReadTokens - cacheWriteTokens, outputTokenCount: outputTokens, cacheReadInputTokenCount: cacheReadTokens, cacheWriteInputTokenCount: cacheWriteTokens };
}

const fieldOf = { input: "x-amzn-bedrock-input-token-count", output: "x-amzn-bedrock-output-token-count", read: "x-amzn-bedrock-cache-read-input-token-count", write: "x-amzn-bedrock-cache-write-input-token-count" } as const;

/** `fields` are name, value, …, the names in lower case. Undefined where nothing was counted. */
export function usageInFields(fields: readonly string[]): Usage | undefined {
  const [input, output] = [countIn(fields, fieldOf.input), countIn(fields, fieldOf.output)];
  return input === undefined && output === undefined ? undefined : usageOf({ input, output, read: countIn(fields, fieldOf.read), write: countIn(fields, fieldOf.write) });
}

/** The same, for callers who are answered by somebody else. */
export function fieldsOfUsage(usage: Usage): string[] {
  const counts = metricsOf(usage);
  return [fieldOf.input, String(counts.inputTokenCount), fieldOf.output, String(counts.outputTokenCount), fieldOf.read, String(counts.cacheReadInputTokenCount), fieldOf.write, String(counts.cacheWriteInputTokenCount)];
}

function countIn(fields: readonly string[], name: string): number | undefined {
  const index = fields.findIndex((each, at) => at % 2 === 0 && each === name);
  const value = index === -1 ? Number.NaN : Number(fields[index + 1]);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function usageOf({ input, output, read, write }: Readonly<Record<"input" | "output" | "read" | "write", number | undefined>>): Usage {
  return { inputTokens: (input ?? 0) + (read ?? 0) + (write ?? 0), outputTokens: output ?? 0, cacheReadTokens: read, cacheWriteTokens: write };
}
