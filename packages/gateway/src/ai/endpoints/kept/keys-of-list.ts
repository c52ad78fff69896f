/**
 * A list over several keys of a provider. Each key shows what was made with it: a list begins with the first, and goes on with
 * that of the page before it. A key that cannot be asked, because it was refused or its provider is busy, is passed over, and
 * the answer names it: what is missing is said.
 */
import type { AnswerSink } from "../../../exchange/answer.ts";
import { withHead } from "../../admission/with-head.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { warningHeader } from "../../conversation/translation-notes.ts";
import { plainTarget } from "../../models/model-directory.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import type { ProviderAccount } from "../../models/provider-account.ts";
import type { NextPage } from "./kept-answer.ts";

/** The key to begin with, and those behind it, one target each; a single one where the provider has one key, or the key is gone. */
export function targetsOfList(account: ProviderAccount, first: string | undefined): readonly [ModelTarget, ...ModelTarget[]] {
  const { names } = account.keys;
  if (names.length < 2) return [plainTarget(account, "")];
  const from = first === undefined ? 0 : names.indexOf(first);
  const later = from === -1 ? [] : names.slice(from + 1);
  return [plainTarget(account, "", first ?? names[0]), ...later.map((name) => plainTarget(account, "", name))];
}

export interface Following {
  key: string | undefined;
  page: JsonObject | null;
}

interface FollowingParts {
  nextPage: (page: NextPage) => Promise<JsonObject | null>;
  missed: Set<string>;
  /** The parameter that asks for the page behind another; what a page is behind is one key's. */
  pageAfter: string;
}

/** The page that is asked for, or where it cannot be had, the first of a later key. Takes from `later`. */
export async function followingPage(asked: NextPage, later: string[], { nextPage, missed, pageAfter }: FollowingParts): Promise<Following> {
  let { key } = asked;
  let page = await nextPage(asked);
  while (page === null) {
    if (key !== undefined) missed.add(key);
    key = later.shift();
    if (key === undefined) break;
    page = await nextPage({ key, change: { ...asked.change, [pageAfter]: null } });
  }
  return { key, page };
}

/** Says in the answer's head which keys' objects are not in it. */
export function namingMissed(sink: AnswerSink, missed: ReadonlySet<string>, title: string): AnswerSink {
  return withHead(sink, (rawHeaders, status) => {
    if (missed.size === 0 || status !== 200) return rawHeaders;
    const reason = `the provider cannot be asked with the key ${[...missed].join(", ")} now, so that every ${title} that was made with it is missing`;
    return [...rawHeaders, "Parley-Warning", warningHeader({ kind: "dropped", parameter: "data", reason })];
  });
}
