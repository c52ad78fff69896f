/** What is written into a conversation or a vector store at its provider: a model reads it in a later turn, so it is judged as a request is. */
import type { Exchange } from "../../../exchange/exchange.ts";
import type { SentBody } from "../../calls/plan-media.ts";
import { plainTarget } from "../../models/model-directory.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import { RequestBody } from "../request-body.ts";
import type { Collection } from "./collections.ts";
import { capableProviders, keeperOf } from "./kept-provider.ts";
import type { JudgedParts } from "./kept-provider.ts";
import { namesFiles, pinToFiles } from "./referenced-files.ts";

/** `id` is null for a new object, which is made where the files are that it names. Throws a `RefusalError` where a file is not the caller's, or a guardrail says no. */
export async function writtenTarget({ collection, id }: { collection: Collection; id: string | null }, exchange: Exchange, parts: JudgedParts): Promise<{ targets: readonly [ModelTarget]; sent: SentBody | null }> {
  const capable = id === null ? capableProviders(collection, exchange, parts.directory).map((account) => plainTarget(account, "")) : [await keeperOf({ ...collection, id }, exchange, parts)];
  const bytes = await exchange.body.whole();
  const [given] = capable as [ModelTarget];
  if (bytes.length === 0) return { targets: [given], sent: null };
  const body = new RequestBody(bytes, []);
  const [target = given] = namesFiles(bytes) ? await pinToFiles({ parsed: () => body.parsed, caller: collection.caller.name }, { exchange, targets: capable, owners: parts.owners }) : capable;
  const judged = parts.judge?.({ model: null, body: body.parsed }) ?? body.parsed;
  const sent = judged === body.parsed ? bytes : Buffer.from(JSON.stringify(judged));
  return { targets: [target], sent: { contentType: "application/json", pieces: [sent] } };
}
