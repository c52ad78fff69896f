/** What an error's body says whose form is not the dialect's: of a proxy before the provider, or of a server that resembles it. */
import { asObject, asObjects, asText, isList } from "./json.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** Undefined for a page of HTML, and where nothing is said. */
export function saidMessage(body: JsonValue): string | undefined {
  if (typeof body === "string") return body.trim() === "" || body.trimStart().startsWith("<") ? undefined : body.trim().slice(0, 500);
  const top = asObject(isList(body) ? (body[0] ?? null) : body);
  return top && (saidIn(top["error"]) ?? saidIn(top["message"]) ?? saidIn(top["detail"]) ?? saidIn(top["errors"]) ?? saidText(top["title"]));
}

function saidIn(value: JsonValue | undefined): string | undefined {
  if (isList(value ?? null)) return asObjects(value).map(complaint).filter((text) => text !== undefined).join("; ") || saidText((value as readonly JsonValue[])[0]);
  const object = asObject(value);
  return object ? (saidText(object["message"]) ?? saidIn(object["detail"])) : saidText(value);
}

/** `messages.0.content: field required`, as servers check a request that are written with FastAPI. */
function complaint(each: JsonObject): string | undefined {
  const said = saidText(each["msg"]) ?? saidText(each["message"]) ?? saidText(each["detail"]);
  const { loc = null } = each;
  const where = isList(loc) ? loc.filter((step) => (typeof step === "string" && step !== "body") || typeof step === "number").map(String).join(".") : "";
  return said === undefined || where === "" ? said : `${where}: ${said}`;
}

function saidText(value: JsonValue | undefined): string | undefined {
  return asText(value)?.trim().slice(0, 500) || undefined;
}
