/** A body's bytes with the model that the path names, whatever they say of one. */
import { splice, topLevelMembers } from "./top-level-members.ts";

/** What is no object, or names models twice, is left as it is, and refused where it is read. */
export function writeModel(bytes: Buffer, model: string): Buffer {
  const found = topLevelMembers(bytes, ["model"]);
  if (!found || found.isAmbiguous) return bytes;
  const named = found.members["model"];
  const text = JSON.stringify(model);
  if (!named) return splice(bytes, [{ start: found.end, end: found.end, text: `${found.isEmpty ? "" : ","}"model":${text}` }]);
  return bytes.toString("utf8", named.valueStart, named.valueEnd) === text ? bytes : splice(bytes, [{ start: named.valueStart, end: named.valueEnd, text }]);
}
