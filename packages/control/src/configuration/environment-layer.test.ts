import { hashKey } from "@parley/contract/secrets";
import { describe, expect, it } from "vitest";
import { environmentLayer, owningVariable } from "./environment-layer.ts";

const sealed = (purpose: string, secret: string): string => `sealed(${purpose}=${secret})`;

function found(environment: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(environmentLayer(environment, sealed, 0).filter(({ kind }) => kind === "provider").map(({ name, spec }) => [name, spec]));
}

describe("providers found by their usual variables", () => {
  it.each<[string, Record<string, string>, Record<string, unknown>]>([
    ["a key", { GROQ_API_KEY: "k" }, { groq: { apiKey: "sealed(provider/groq/apiKey=k)" } }],
    ["the second of its names", { HUGGINGFACE_API_KEY: "k" }, { huggingface: { apiKey: "sealed(provider/huggingface/apiKey=k)" } }],
    ["a key and a part of the address", { CLOUDFLARE_API_TOKEN: "k", CLOUDFLARE_ACCOUNT_ID: "a" }, { cloudflare: { apiKey: "sealed(provider/cloudflare/apiKey=k)", account: "a" } }],
    ["a key without the part of the address that it needs", { CLOUDFLARE_API_TOKEN: "k" }, {}],
    ["Azure's endpoint and key", { AZURE_OPENAI_API_KEY: "k", AZURE_OPENAI_ENDPOINT: "https://r.openai.azure.com/" }, { "azure-openai": { apiKey: "sealed(provider/azure-openai/apiKey=k)", baseUrl: "https://r.openai.azure.com" } }],
    ["Azure's key without an endpoint", { AZURE_OPENAI_API_KEY: "k" }, {}],
    ["Bedrock's key", { AWS_BEARER_TOKEN_BEDROCK: "k", AWS_REGION: "eu-west-1" }, { bedrock: { apiKey: "sealed(provider/bedrock/apiKey=k)", region: "eu-west-1" } }],
    [
      "AWS's credentials with a region", { AWS_ACCESS_KEY_ID: "i", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t", AWS_REGION: "eu-west-1" },
      { bedrock: { accessKeyId: "i", secretAccessKey: "sealed(provider/bedrock/secretAccessKey=s)", sessionToken: "sealed(provider/bedrock/sessionToken=t)", region: "eu-west-1" } },
    ],
    ["AWS's credentials that are there for something else", { AWS_ACCESS_KEY_ID: "i", AWS_SECRET_ACCESS_KEY: "s" }, {}],
    ["an address alone, where no key is needed", { VLLM_BASE_URL: "http://127.0.0.1:8000/v1" }, { vllm: { baseUrl: "http://127.0.0.1:8000/v1" } }],
    ["a service account", { VERTEX_SERVICE_ACCOUNT: "{}", GOOGLE_CLOUD_PROJECT: "p" }, { vertex: { serviceAccount: "sealed(provider/vertex/serviceAccount={})", project: "p" } }],
    ["a key with the line break of the file that it came from", { GROQ_API_KEY: "k\r\n", OPENAI_API_KEY: " k", OPENAI_BASE_URL: "http://127.0.0.1:9/v1\n" }, { groq: { apiKey: "sealed(provider/groq/apiKey=k)" }, openai: { apiKey: "sealed(provider/openai/apiKey=k)", baseUrl: "http://127.0.0.1:9/v1" } }],
    ["a key and a setting, each with a line break", { CLOUDFLARE_API_TOKEN: "k\n", CLOUDFLARE_ACCOUNT_ID: "a\n" }, { cloudflare: { apiKey: "sealed(provider/cloudflare/apiKey=k)", account: "a" } }],
    ["the second of its names where the first has nothing but blanks", { HF_TOKEN: " \n", HUGGINGFACE_API_KEY: "k" }, { huggingface: { apiKey: "sealed(provider/huggingface/apiKey=k)" } }],
    ["blanks, which are no key", { GROQ_API_KEY: " \n" }, {}],
  ])("by %s", (_what, environment, expected) => {
    expect(found(environment)).toEqual(expected);
  });

  it("lets in the keys themselves, as their applications send them: two providers with one key are two keys", () => {
    const layer = environmentLayer({ GROQ_API_KEY: "0123456789abcdef\n", MISTRAL_API_KEY: "0123456789abcdef" }, sealed, 0);
    const keys = layer.filter(({ kind }) => kind === "key").map(({ name, spec }) => [name, (spec as { hash: string }).hash]);
    expect(Object.fromEntries(keys)).toEqual({ "environment-groq": hashKey("0123456789abcdef"), "environment-mistral": hashKey("0123456789abcdef") });
  });

  it("names the variable that owns a provider", () => {
    expect(owningVariable("bedrock", { AWS_ACCESS_KEY_ID: "i", AWS_SECRET_ACCESS_KEY: "s", AWS_REGION: "r" })).toBe("AWS_ACCESS_KEY_ID");
    expect(owningVariable("groq", { GROQ_API_KEY: "k" })).toBe("GROQ_API_KEY");
  });
});
