/** Which provider a call of a collection goes to, and whether the caller may know of the object at all. */
import type { ObjectKind, ObjectOwner } from "@parley/stores/ports/object-owners";
import { RefusalError } from "../../../exchange/answer.ts";
import type { JudgeLater } from "../../admission/judges-later.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { plainTarget } from "../../models/model-directory.ts";
import type { ModelDirectory } from "../../models/model-directory.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import { dialectTowards } from "../../models/provider-account.ts";
import type { ProviderAccount } from "../../models/provider-account.ts";
import { consumerOf, ownerUnknown } from "../pinning.ts";
import type { Collection } from "./collections.ts";

/** Names a configured provider where no model and no object does. */
const providerHeader = "parley-provider";

export interface KeptParts {
  directory: ModelDirectory;
  owners: ObjectOwners;
}

/** For what is made of requests: null where nothing judges them. */
export interface JudgedParts extends KeptParts {
  judge: JudgeLater | null;
}

/** The provider that has the object. Throws a `RefusalError` where it is not the caller's. */
export async function keeperOf({ kind, title, id }: { kind: ObjectKind; title: string; id: string }, exchange: Exchange, { directory, owners }: KeptParts): Promise<ModelTarget> {
  const owner = await knownOwner(owners, kind, id);
  const account = owner?.consumer === consumerOf(exchange) ? directory.usable().find(({ name }) => name === owner.provider) : undefined;
  if (!account) throw new RefusalError({ code: "unknown-object", detail: `there is no ${title} ${id.slice(0, 100)}` });
  return plainTarget(account, "", owner?.key);
}

async function knownOwner(owners: ObjectOwners, kind: ObjectKind, id: string): Promise<ObjectOwner | null> {
  try {
    return await owners.ownerOf(kind, id);
  } catch {
    throw new RefusalError(ownerUnknown("the object"));
  }
}

/** The provider for a new object, or for a list. */
export function chosenProvider(collection: Collection, exchange: Exchange, directory: ModelDirectory): ProviderAccount {
  return capableProviders(collection, exchange, directory)[0];
}

/** The one that is named, else all that can have it, the first of which is to be taken. Throws a `RefusalError` where there is none. */
export function capableProviders(collection: Collection, exchange: Exchange, directory: ModelDirectory): readonly [ProviderAccount, ...ProviderAccount[]] {
  const dialect = collection.caller.name;
  const capable = directory.usable().filter((account) => dialectTowards(account, dialect)?.name === dialect && (!account.supports || account.supports.has(collection.capability)));
  const named = exchange.headers[providerHeader];
  if (typeof named === "string") {
    const account = capable.find(({ name }) => name === named);
    return account ? [account] : refuseParameter("invalid-request", "Parley-Provider", `no provider ${named.slice(0, 100)} keeps a ${collection.title} in this dialect; there are ${capable.map(({ name }) => name).join(", ") || "none"}`);
  }
  // Those that speak responses are OpenAI and its like, which keep things; others of the dialect may only answer chats.
  const [first, ...others] = capable.toSorted((one, other) => Number(keepsResponses(other)) - Number(keepsResponses(one)));
  return first ? [first, ...others] : refuseParameter("unsupported-parameter", "", `no configured provider keeps a ${collection.title} in this dialect`);
}

function keepsResponses(account: ProviderAccount): boolean {
  return dialectTowards(account, "openai-responses")?.name === "openai-responses";
}

/** Where at its provider an upload goes on that is known to be the caller's. */
export async function placeOfUpload(id: string, owners: ObjectOwners): Promise<string> {
  const owner = await knownOwner(owners, "gemini-upload", id);
  if (owner?.place === undefined) throw new RefusalError({ code: "unknown-object", detail: `there is no upload ${id.slice(0, 100)}` });
  return owner.place;
}
