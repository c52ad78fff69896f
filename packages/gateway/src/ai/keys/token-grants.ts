/** How Google and IBM give tokens: for a signed assertion of a service account (RFC 7523), and for an API key. */
import { createPrivateKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { asObject, asText, tryParseJson } from "../conversation/json.ts";
import type { TokenGrant } from "./access-tokens.ts";

const lifeSeconds = 3600;

/** Null where the text is no service account's key. */
export function googleGrant(serviceAccount: string): TokenGrant | null {
  const account = asObject(tryParseJson(serviceAccount));
  const email = asText(account?.["client_email"]);
  const key = readKey(asText(account?.["private_key"]));
  if (email === undefined || key === null) return null;
  const url = asText(account?.["token_uri"]) ?? "https://oauth2.googleapis.com/token";
  if (!URL.canParse(url)) return null;
  const header = encode({ alg: "RS256", typ: "JWT", kid: asText(account?.["private_key_id"]) });
  return {
    title: "Google",
    url,
    form(nowMs) {
      const issuedAt = Math.floor(nowMs / 1000);
      const claims = encode({ iss: email, scope: "https://www.googleapis.com/auth/cloud-platform", aud: url, iat: issuedAt, exp: issuedAt + lifeSeconds });
      const signature = sign("RSA-SHA256", Buffer.from(`${header}.${claims}`), key).toString("base64url");
      return new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: `${header}.${claims}.${signature}` });
    },
  };
}

function readKey(pem: string | undefined): KeyObject | null {
  if (pem === undefined) return null;
  try {
    // A line break that went through an environment variable is often written out.
    return createPrivateKey(pem.replaceAll("\\n", "\n"));
  } catch {
    return null;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

export function ibmGrant(apiKey: string): TokenGrant {
  return {
    title: "IBM Cloud",
    url: "https://iam.cloud.ibm.com/identity/token",
    form: () => new URLSearchParams({ grant_type: "urn:ibm:params:oauth:grant-type:apikey", apikey: apiKey }),
  };
}
