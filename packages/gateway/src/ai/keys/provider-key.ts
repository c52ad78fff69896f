/**
 * Credentials of a provider: one key or several, said in a header field, by a signature or by a token that is fetched. Hides
 * how each is made and which of a provider's keys is taken. May import the contract, the transport's seam and `fetchBody`.
 */
import type { CatalogueEntry } from "@parley/contract/ai/provider-catalogue";
import { settingOf } from "@parley/contract/ai/provider-catalogue";
import type { Provider } from "@parley/contract/config/ai";
import type { OutgoingRequest } from "../../upstreams/transport.ts";
import { AccessTokens, type KeyPorts } from "./access-tokens.ts";
import { googleGrant, ibmGrant } from "./token-grants.ts";
import { signAws } from "./sign-aws.ts";

export interface ProviderKey {
  /** To tell people which one; never the secret. */
  readonly name: string;
  readonly weight: number;
  /** Adds the credentials to a request. Rejects with an Error whose message may be shown where they cannot be had. */
  authorize(request: OutgoingRequest, ports: KeyPorts): void | Promise<void>;
}

/** In the order of the configuration; empty where the provider has none, be it that it needs none. */
export function compileKeys(entry: CatalogueEntry, provider: Provider): ProviderKey[] {
  const written = [...(provider.apiKey ? [{ name: "default", apiKey: provider.apiKey, weight: 1 }] : []), ...(provider.keys ?? []).filter(({ apiKey }) => apiKey !== "")];
  const keys = written.map(({ name, apiKey, weight }) => ({ name, weight, authorize: authorization(entry, apiKey) }));
  return keys.length > 0 ? keys : otherCredentials(entry, provider);
}

function authorization(entry: CatalogueEntry, apiKey: string): ProviderKey["authorize"] {
  switch (entry.credentials) {
    case "bearer":
    case "aws":
      return fixed("Authorization", `Bearer ${apiKey}`);
    case "x-api-key":
      return fixed("x-api-key", apiKey);
    case "x-goog-api-key":
    case "google":
      return fixed("x-goog-api-key", apiKey);
    case "api-key":
      return fixed("api-key", apiKey);
    case "ibm":
      return fetched(new AccessTokens(ibmGrant(apiKey)));
    case "none":
      return () => undefined;
  }
}

/** What some clouds take instead of a key. */
function otherCredentials(entry: CatalogueEntry, provider: Provider): ProviderKey[] {
  if (entry.credentials === "aws" && provider.accessKeyId && provider.secretAccessKey) {
    const { accessKeyId, secretAccessKey, sessionToken } = provider;
    const credentials = { accessKeyId, secretAccessKey, sessionToken, region: settingOf(entry, "region", provider) ?? "us-east-1", service: "bedrock" };
    return [{ name: accessKeyId, weight: 1, authorize: (request, ports) => signAws(request, credentials, ports.now()) }];
  }
  if (provider.accessToken) return [{ name: "access token", weight: 1, authorize: fixed("Authorization", `Bearer ${provider.accessToken}`) }];
  const grant = entry.credentials === "google" && provider.serviceAccount ? googleGrant(provider.serviceAccount) : null;
  return grant ? [{ name: "service account", weight: 1, authorize: fetched(new AccessTokens(grant)) }] : [];
}

function fixed(name: string, value: string): ProviderKey["authorize"] {
  return (request) => void request.rawHeaders.push(name, value);
}

function fetched(tokens: AccessTokens): ProviderKey["authorize"] {
  return (request, ports) => {
    const token = tokens.token(ports);
    if (typeof token === "string") return void request.rawHeaders.push("Authorization", `Bearer ${token}`);
    return token.then((value) => void request.rawHeaders.push("Authorization", `Bearer ${value}`));
  };
}
