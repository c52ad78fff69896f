/** Reads tools and the choice among them. Whatever declares no functions runs at Google. */
import type { Tool, ToolChoice } from "../../conversation/conversation.ts";
import { isList } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { itemObject, optionalList, optionalObject, optionalText, requiredText } from "../../conversation/parameters.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { camelCased, camelCasedMember } from "./member.ts";
import { plainSchema } from "./plain-schema.ts";

const modelled: ReadonlySet<string> = new Set(["name", "description", "parameters", "parametersJsonSchema"]);

export function parseTools(body: JsonObject): readonly Tool[] {
  return (optionalList(body, "tools") ?? []).flatMap((item, index) => {
    const tool = camelCased(itemObject(item, `tools[${index}]`));
    const at = `tools[${index}].functionDeclarations`;
    const functions = (optionalList(tool, "functionDeclarations", `tools[${index}]`) ?? []).map((each, place) => parseFunction(itemObject(each, `${at}[${place}]`), `${at}[${place}]`));
    const own = Object.entries(tool).filter(([name, value]) => name !== "functionDeclarations" && value !== undefined && value !== null);
    return [...functions, ...own.map(([kind, value]): Tool => ({ type: "native", dialect: "gemini", kind, definition: { [kind]: value } }))];
  });
}

function parseFunction(written: JsonObject, at: string): Tool {
  const declaration = camelCased(written);
  const subset = optionalObject(declaration, "parameters", at);
  return {
    type: "function",
    name: requiredText(declaration, "name", at),
    description: optionalText(declaration, "description", at),
    parameters: optionalObject(declaration, "parametersJsonSchema", at) ?? (subset && plainSchema(subset)),
    own: ownMembers("gemini", declaration, modelled),
  };
}

export function parseToolChoice(body: JsonObject): ToolChoice | undefined {
  const calling = camelCasedMember(camelCasedMember(body["toolConfig"])?.["functionCallingConfig"]);
  const mode = calling?.["mode"];
  if (typeof mode !== "string") return undefined;
  const allowed = calling?.["allowedFunctionNames"];
  const names = isList(allowed) ? allowed.filter((name) => typeof name === "string") : [];
  switch (mode.toUpperCase()) {
    case "NONE":
      return { type: "none" };
    case "ANY":
    case "VALIDATED": {
      const [only] = names;
      const required = mode.toUpperCase() === "ANY";
      if (names.length === 1 && only !== undefined && required) return { type: "tool", name: only };
      if (names.length > 0) return { type: "allowed", names, required };
      return { type: required ? "required" : "auto" };
    }
    default:
      return { type: "auto" };
  }
}
