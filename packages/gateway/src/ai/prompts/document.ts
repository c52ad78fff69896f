/** The OpenAPI 3.1 document of one prompt. */
import type { Prompt, PromptVariable, PromptVersion } from "@parley/contract/config/prompt";
import { defaultVersion } from "./default-version.ts";

type Json = Record<string, unknown>;

export function promptDocument(name: string, prompt: Prompt, server: string): Json {
  const standard = prompt.versions[defaultVersion(prompt)];
  const paths: Json = standard ? { [`/prompts/${name}`]: { post: operation(name, prompt, { version: null, source: standard }) } } : {};
  for (const [version, source] of Object.entries(prompt.versions)) paths[`/prompts/${name}/${version}`] = { post: operation(name, prompt, { version, source }) };
  return {
    openapi: "3.1.1",
    info: { title: name, version: defaultVersion(prompt), ...(prompt.description === undefined ? {} : { description: prompt.description }) },
    servers: [{ url: server || "/" }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "A consumer's key." } },
      schemas: { Answer: answerSchema, Problem: problemSchema },
      responses: { Problem: { description: "A refusal, with its code and the way out.", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } } },
    },
  };
}

function operation(name: string, prompt: Prompt, { version, source }: { version: string | null; source: PromptVersion }): Json {
  const required = Object.entries(source.variables).flatMap(([variable, { default: preset }]) => (preset === undefined ? [variable] : []));
  return {
    operationId: version === null ? name : `${name}-${version}`,
    summary: version === null ? (prompt.description ?? name) : `${name}, version ${version}`,
    requestBody: {
      required: required.length > 0,
      content: { "application/json": { schema: requestSchema(source, required) } },
    },
    responses: {
      200: { description: "The model's answer; with `stream` as server-sent events of chat completion chunks.", content: { "application/json": { schema: { $ref: "#/components/schemas/Answer" } }, "text/event-stream": { schema: { type: "string" } } } },
      "4XX": { $ref: "#/components/responses/Problem" },
      "5XX": { $ref: "#/components/responses/Problem" },
    },
  };
}

function requestSchema(source: PromptVersion, required: readonly string[]): Json {
  const variables = Object.fromEntries(Object.entries(source.variables).map(([name, variable]) => [name, variableSchema(variable)]));
  return {
    type: "object",
    ...(required.length === 0 ? {} : { required: ["variables"] }),
    properties: {
      variables: { type: "object", properties: variables, additionalProperties: false, ...(required.length === 0 ? {} : { required }) },
      stream: { type: "boolean", default: false },
    },
    additionalProperties: false,
  };
}

function variableSchema({ type, description, default: preset, enum: values, maxLength }: PromptVariable): Json {
  return {
    type,
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    ...(values === undefined ? {} : { enum: values }),
    ...(type === "string" ? { maxLength } : {}),
  };
}

const count = { type: ["integer", "null"] };
const answerSchema: Json = {
  type: "object",
  required: ["prompt", "version", "output", "usage"],
  properties: {
    prompt: { type: "string" }, version: { type: "string" }, model: { type: ["string", "null"] },
    output: { type: "string", description: "What the model said." },
    json: { description: "The output, parsed, where it is JSON." },
    finishReason: { type: ["string", "null"] },
    usage: { type: "object", properties: { inputTokens: count, outputTokens: count } },
    callId: { type: "string" },
  },
};
const problemSchema: Json = {
  type: "object",
  required: ["type", "title", "status", "detail", "code", "fix"],
  properties: { type: { type: "string" }, title: { type: "string" }, status: { type: "integer" }, detail: { type: "string" }, code: { type: "string" }, fix: { type: "string" }, param: { type: "string", description: "The variable that is meant." }, callId: { type: "string" } },
};
