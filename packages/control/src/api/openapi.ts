/** The OpenAPI 3.1 document, written from the table of operations. */
import { operations } from "@parley/contract/api/operations";
import { instant } from "@parley/contract/api/instant";
import type { Operation } from "@parley/contract/api/operation";
import { z } from "zod";
import { pathParameters } from "./path-parameters.ts";

type Schema = Record<string, unknown>;

type Tag = (typeof operations)[keyof typeof operations]["tag"];

const tagDescriptions: Record<Tag, string> = {
  session: "Signing in and out.",
  people: "Who may sign in, and as what.",
  services: "Published APIs.",
  ai: "Providers of models, and the names under which applications reach models.",
  consumers: "Applications and their keys.",
  settings: "What is set once for everything.",
  conflicts: "Conflicts, and what is guaranteed against them",
  alerts: "When somebody is told, of what, and where.",
  analysis: "What calls look like together.",
  calls: "What went through the gateway.",
  configuration: "The whole configuration as one file.",
  audit: "Who changed what.",
  system: "How Parley itself is doing.",
};

/** `cookieName` is the session's on this server. */
export function openApiDocument(version: string, cookieName: string): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of Object.entries(operations) as [string, Operation][]) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(name, operation);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Parley admin API", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description: "Every change is guarded: read a thing, and send its ETag in If-Match; to create one, send If-None-Match: *. Errors are problem details (RFC 9457) with a stable code and a way out.",
    },
    servers: [{ url: "/" }],
    tags: Object.entries(tagDescriptions).map(([name, description]) => ({ name, description })),
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: cookieName, description: "Given by POST /api/session." },
        token: { type: "http", scheme: "bearer", description: "The admin token, PARLEY_ADMIN_TOKEN." },
      },
      schemas: { Problem: problemSchema },
      headers: { ETag: { description: "The state of the thing, to be sent in If-Match. The body has it too, as `etag`.", schema: { type: "string" } } },
      responses: { Problem: { description: "A refusal, with its code and the way out.", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } } },
    },
  };
}

function describe(name: string, operation: Operation): Schema {
  const security = operation.role === "anyone" ? { security: [] } : {};
  return {
    operationId: name,
    summary: operation.summary,
    description: operation.role === "anyone" ? "Needs no sign-in." : `Needs the role ${operation.role}.`,
    tags: [operation.tag],
    ...security,
    parameters: [...pathParameters(operation.path), ...queryParameters(operation), ...guardParameters(operation)],
    ...(operation.body ? { requestBody: { required: true, content: Object.fromEntries((operation.text ?? ["application/json"]).map((type) => [type, { schema: jsonSchema(operation.body as z.ZodType) }])) } } : {}),
    responses: responses(operation),
  };
}

function responses(operation: Operation): Schema {
  const status = operation.status ?? (operation.response ? 200 : 204);
  const success = {
    description: status === 204 ? "Done." : operation.summary,
    ...(hasTag(operation) ? { headers: { ETag: { $ref: "#/components/headers/ETag" } } } : {}),
    ...(operation.response ? { content: contentOf(operation, operation.response) } : {}),
  };
  const refused = { $ref: "#/components/responses/Problem" };
  return {
    [status]: success,
    ...(operation.guard === "create-or-change" ? { 201: { ...success, description: "Created." } } : {}),
    ...(operation.guard ? { 412: refused, 428: refused } : {}),
    "4XX": refused,
    default: refused,
  };
}

function contentOf(operation: Operation, response: z.ZodType): Schema {
  const types = operation.media ?? [operation.stream ? "text/event-stream" : "application/json"];
  return Object.fromEntries(types.map((type) => [type, { schema: jsonSchema(response) }]));
}

/** Answers of one thing carry its tag. */
function hasTag(operation: Operation): boolean {
  const shape = operation.response instanceof z.ZodObject ? operation.response.shape : {};
  return "etag" in shape || "base" in shape || ("key" in shape && "secret" in shape) || ("person" in shape && "link" in shape);
}

function queryParameters(operation: Operation): Schema[] {
  return Object.entries(operation.query?.shape ?? {}).map(([name, schema]) => {
    // What a coerced parameter is after reading says more than what it may be before.
    const { description, ...rest } = jsonSchema(schema as z.ZodType, "output");
    return { name, in: "query", required: false, ...(description === undefined ? {} : { description }), schema: rest };
  });
}

function guardParameters(operation: Operation): Schema[] {
  if (!operation.guard) return [];
  const text = { type: "string" };
  const change = { name: "If-Match", in: "header", required: operation.guard === "change", description: "The ETag of the state that is changed.", schema: text, example: '"42-Xq3kP9aB"' };
  if (operation.guard === "change") return [change];
  return [change, { name: "If-None-Match", in: "header", required: false, description: "`*`, to create what does not exist yet.", schema: { type: "string", const: "*" } }];
}

/** Specs travel as people write them, which is a schema's input. */
function jsonSchema(schema: z.ZodType, io: "input" | "output" = "input"): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", override: ({ jsonSchema, zodSchema }) => Object.assign(jsonSchema, formOf(zodSchema, jsonSchema)) }) as Schema;
  return rest;
}

/** What the translation does not tell, or tells in words that JSON Schema has not. */
function formOf(schema: unknown, { format }: { format?: string | undefined }): Schema {
  if (schema === instant) return { type: ["number", "string"] };
  return format === "starts_with" ? { format: undefined } : {};
}

const problemSchema: Schema = {
  type: "object",
  required: ["type", "title", "status", "detail", "code", "fix"],
  properties: {
    type: { type: "string", format: "uri", description: "Address of the page that explains the code." },
    title: { type: "string", description: "What the code means, in a few words." },
    status: { type: "integer", description: "The HTTP status of the answer." },
    detail: { type: "string", description: "What happened this time." },
    code: { type: "string", description: "Stable: never renamed, never given another meaning." },
    fix: { type: "string", description: "What to do about it." },
    errors: { type: "array", description: "Each place that is wrong.", items: { type: "object", properties: { pointer: { type: "string", description: "The member of the body, as a JSON pointer." }, parameter: { type: "string", description: "The parameter of the path or the query." }, message: { type: "string", description: "What is wrong there." } } } },
  },
};
