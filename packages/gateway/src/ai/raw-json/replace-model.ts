// Hot path: once for each attempt of a call that is passed through.
/** The model's name replaced in a request's bytes; all else stays as it came. */
import type { WholeBody } from "../../upstreams/body-pieces.ts";
import type { JsonObject } from "../conversation/json.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import type { RequestChange } from "../conversation/pass-through.ts";
import { spliceToSend, topLevelMembers } from "./top-level-members.ts";

const modelName = ["model"];

/** `head` holds the name as the caller wrote it, and `found` where it stands, if that is known already. */
export function replaceModel(body: Buffer, head: JsonObject, { model, found: known }: Pick<RequestChange, "model" | "found">): WholeBody {
  const found = known ?? topLevelMembers(body, modelName);
  const member = found?.members["model"];
  if (!member) return refuseParameter("invalid-request", "model", "model is missing; it has to be a string");
  if (found.isAmbiguous) return refuseParameter("invalid-request", "model", "model is there twice");
  return spliceToSend(body, head["model"] === model ? [] : [{ start: member.valueStart, end: member.valueEnd, text: JSON.stringify(model) }]);
}
