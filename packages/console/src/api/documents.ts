/** OpenAPI documents go over the wire as the texts that they are, and their tags in header fields. */
import { addressOf } from "./client.ts";
import { problemOf, unreachable } from "./problem-error.ts";
import type { Answer } from "./types.ts";

/** `version` is null for a service without versions. */
export interface DocumentPlace {
  service: string;
  version: string | null;
}

/** The tag of the document in force; null where there is none. */
export async function documentTag({ service, version }: DocumentPlace): Promise<string | null> {
  const address = version === null ? addressOf("getServiceDocument", { path: { name: service } }) : addressOf("getVersionDocument", { path: { name: service, version } });
  const response = await ask(address, { method: "GET" });
  await response.body?.cancel();
  if (response.status === 404) return null;
  if (!response.ok) throw await problemOf(response);
  return response.headers.get("etag");
}

/** What it would change, and for whom. */
export async function proposeDocument({ service, version }: DocumentPlace, text: string): Promise<Answer<"diffVersionDocument">> {
  const query = { days: 30 };
  const address = version === null ? addressOf("diffServiceDocument", { path: { name: service }, query }) : addressOf("diffVersionDocument", { path: { name: service, version }, query });
  return answerOf(await ask(address, { method: "POST", headers: { "content-type": "text/plain" }, body: text }));
}

/** In the place of the one with this tag, or as the first. `acknowledged` are the breaking changes that are meant. */
export async function publishDocument({ service, version }: DocumentPlace, text: string, { tag, acknowledged }: { tag: string | null; acknowledged: readonly string[] }): Promise<Answer<"putVersionDocument">> {
  const query = acknowledged.length === 0 ? {} : { acknowledge: acknowledged.join(",") };
  const address = version === null ? addressOf("putServiceDocument", { path: { name: service }, query }) : addressOf("putVersionDocument", { path: { name: service, version }, query });
  const condition: Record<string, string> = tag === null ? { "if-none-match": "*" } : { "if-match": tag };
  return answerOf(await ask(address, { method: "PUT", headers: { "content-type": "text/plain", ...condition }, body: text }));
}

async function ask(address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { ...request, credentials: "same-origin" });
  } catch {
    throw unreachable();
  }
}

async function answerOf<Body>(response: Response): Promise<Body> {
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Body;
}
