// Hot path: once for each attempt at a provider on Azure or Vertex AI.
/** Where a cloud's paths and bodies differ from those of the dialect that it speaks: decided once for a provider. */
import { settingOf } from "@parley/contract/ai/provider-catalogue";
import type { CatalogueEntry } from "@parley/contract/ai/provider-catalogue";
import type { Provider } from "@parley/contract/config/ai";
import { joined } from "../../upstreams/body-pieces.ts";
import type { WholeBody } from "../../upstreams/body-pieces.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import { memberText, spliceToSend, topLevelMembers } from "../raw-json/top-level-members.ts";

export interface Surface {
  /** The dialect's path as this cloud has it; relative to the base path. */
  path(path: string, asked: { model: string; stream: boolean }): string;
  /** The dialect's body as this cloud wants it. */
  body?(body: WholeBody, path: string): WholeBody;
}

export function compileSurface(entry: CatalogueEntry, provider: Provider, basePath: string): Surface | null {
  if (entry.surface === undefined) return null;
  switch (entry.surface) {
    case "azure":
      return azureSurface(settingOf(entry, "apiVersion", provider), basePath);
    case "vertex":
      return vertexSurface(settingOf(entry, "project", provider), settingOf(entry, "location", provider) ?? "global");
  }
}

/**
 * With a dated version models are deployments that stand in the path; a base URL that ends in /models is Azure AI's own
 * endpoint for all makers' models; else it is the surface whose paths are OpenAI's.
 */
function azureSurface(apiVersion: string | undefined, basePath: string): Surface {
  const isOwnEndpoint = basePath.endsWith("/models");
  if (isOwnEndpoint) return { path: (path) => withQuery(path, `api-version=${apiVersion ?? "2024-05-01-preview"}`) };
  const hasPath = basePath.endsWith("/openai/v1");
  if (apiVersion === undefined || !/^\d{4}-/.test(apiVersion) || hasPath) {
    const prefix = hasPath ? "" : basePath.endsWith("/openai") ? "/v1" : "/openai/v1";
    const query = apiVersion === undefined || /^\d{4}-/.test(apiVersion) ? "" : `api-version=${apiVersion}`;
    return { path: (path) => withQuery(prefix + path, query) };
  }
  const prefix = basePath.endsWith("/openai") ? "" : "/openai";
  const query = `api-version=${apiVersion}`;
  const byDeployment = /^\/(?:chat\/completions|completions|embeddings|images\/|audio\/)/;
  return { path: (path, { model }) => withQuery(byDeployment.test(path) ? `${prefix}/deployments/${encodeURIComponent(model)}${path}` : prefix + path, query) };
}

function withQuery(path: string, query: string): string {
  return query === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`;
}

const geminiPath = /^\/v1beta\/(?:models\/([^/:]+)|(.+?)):(\w+)(\?.*)?$/;
const messagesPath = /^\/v1\/messages(\/count_tokens)?$/;

/** Without a project the API key says whose it is. */
function vertexSurface(project: string | undefined, location: string): Surface {
  const home = project === undefined ? "" : `/projects/${project}/locations/${location}`;
  return {
    path(path, { model, stream }) {
      const gemini = geminiPath.exec(path);
      if (gemini) return `/v1beta1${home}/${gemini[1] === undefined ? gemini[2] : `publishers/google/models/${gemini[1]}`}:${gemini[3]}${gemini[4] ?? ""}`;
      const messages = messagesPath.exec(path);
      if (!messages) return `/v1${home}/endpoints/openapi${path}`;
      if (messages[1]) return `/v1${home}/publishers/anthropic/models/count-tokens:rawPredict`;
      return `/v1${home}/publishers/anthropic/models/${claudeName(model)}:${stream ? "streamRawPredict" : "rawPredict"}`;
    },
    body: (body, path) => (path === "/v1/messages" ? withVersion(body) : body),
  };
}

function claudeName(model: string): string {
  if (/^[\w.@-]{1,200}$/.test(model)) return model;
  return refuseParameter("invalid-request", "model", `${JSON.stringify(model.slice(0, 100))} is not a name that a model on Vertex AI can have`);
}

/** The model stands in the path, and the version of the API in the body, each instead of the other. */
function withVersion(whole: WholeBody): WholeBody {
  const body = joined(whole);
  const members = topLevelMembers(body, ["model", "anthropic_version"])?.members;
  const model = members?.["model"];
  if (!model) return body;
  const version = members["anthropic_version"];
  return spliceToSend(body, [{ start: model.keyStart, end: model.valueEnd, text: `"anthropic_version":${version ? memberText(body, version) : '"vertex-2023-10-16"'}` }]);
}
