/** A call of one dialect alone, which goes to providers that speak it with its bytes as they came. */
import type { WholeBody } from "../../upstreams/body-pieces.ts";
import type { Usage } from "../conversation/answer.ts";
import type { DialectName } from "../conversation/content.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import type { PassThrough, PassThroughStream } from "../conversation/pass-through.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { splice, topLevelMembers } from "../raw-json/top-level-members.ts";
import type { AiCall } from "./ai-call.ts";
import { outgoing, passedFields } from "./outgoing-request.ts";
import type { AttemptPlan } from "./provider-attempt.ts";
import { UncountedStream } from "./uncounted-stream.ts";
import { relayFor } from "./relay-for.ts";
import type { Reading } from "./relay-for.ts";

export interface Passed {
  /** What the endpoint is called in a refusal, such as "moderations". */
  readonly title: string;
  readonly dialect: DialectName;
  readonly fields: Pick<PassThrough, "requestFields" | "requiredFields">;
  path(target: ModelTarget, call: AiCall): string;
  /** GET and DELETE have no body. */
  readonly method?: string;
  body(call: AiCall, target: ModelTarget): WholeBody | null;
  /** Absent where nothing is counted, whole or streamed, since it was before. */
  readonly usage?: (body: Buffer) => Usage | undefined;
  /** Called when the provider has answered well; the caller's answer waits for it. `body` is null for a stream, whose usage was read in passing. */
  done?(call: AiCall, target: ModelTarget, answer: { body: Buffer | null; usage?: Usage | undefined }): Promise<void> | undefined;
}

export function planPassed(call: AiCall, target: ModelTarget, { dialect, passed }: { dialect: ProviderDialect; passed: Passed }): AttemptPlan {
  if (dialect.name !== passed.dialect) refuseParameter("unsupported-parameter", "model", `the provider ${target.account.name} has no ${passed.title} in this dialect`);
  const request = outgoing({
    call, target, path: passed.path(target, call), fields: passedFields(call.exchange.rawHeaders, passed.fields), body: passed.body(call, target),
    ...(passed.method !== undefined && { method: passed.method }),
  });
  let stream: PassThroughStream | null = null;
  const reading: Reading = {
    dialect,
    read: (body) => {
      const answer = { body: renamed(body, renameOf(call, target)), usage: passed.usage?.(body), finishReason: undefined };
      const done = passed.done?.(call, target, { body });
      return done ? done.then(() => answer) : answer;
    },
    stage: () => {
      stream = streamOf(call, target, { dialect, passed });
      return passed.usage ? stream : new UncountedStream(stream);
    },
    atStreamEnd: passed.done && (async () => {
      await passed.done?.(call, target, { body: null, usage: stream?.usage });
      return true;
    }),
    warnings: [],
  };
  return { call, target, request, isSameDialect: true, relay: (attempt, fields) => relayFor(attempt, { call, target, reading }, fields) };
}

function streamOf(call: AiCall, target: ModelTarget, { dialect, passed }: { dialect: ProviderDialect; passed: Passed }): PassThroughStream {
  const passThrough = dialect.passThrough ?? refuseParameter("unsupported-parameter", "stream", `${passed.title} cannot be streamed`);
  return passThrough.stream({ rename: renameOf(call, target), includeUsage: call.includeUsage, head: call.head });
}

/** The caller sees the name that it asked for; null where it is the provider's own, or where none was asked for. */
function renameOf(call: AiCall, target: ModelTarget): string | null {
  return call.model === "" || call.model === target.model ? null : call.model;
}

function renamed(body: Buffer, name: string | null): Buffer {
  const model = name === null ? undefined : topLevelMembers(body, ["model"])?.members["model"];
  return model ? splice(body, [{ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(name) }]) : body;
}
