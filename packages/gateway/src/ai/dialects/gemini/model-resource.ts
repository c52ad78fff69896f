import { refuseParameter } from "../../conversation/parameters.ts";

/** The model's name becomes a part of the path, so it may hold nothing that leads elsewhere on the provider's host. */
export function modelResource(model: string): string {
  const name = model.replace(/^models\//, "");
  if (!/^[\w.-]+(?:\/[\w.-]+)*$/.test(name) || /(?:^|\/)\.+(?:\/|$)/.test(name)) {
    return refuseParameter("invalid-request", "model", `${JSON.stringify(model)} is not a name that a Gemini model can have`);
  }
  return name.includes("/") ? name : `models/${name}`;
}
