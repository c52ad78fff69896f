/** What a schema found wrong, as the problem document tells it: each with the JSON pointer of the member. */
import type { z } from "zod";
import { pointerOf } from "../json/pointer.ts";
import type { MemberError } from "../refusal.ts";

/** Unknown members are named one by one, at their own place. */
export function memberErrors(error: z.ZodError): MemberError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [{ pointer: pointerOf(issue.path), message: issue.message }];
    return issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), message: "there is no such member" }));
  });
}
