import { refuseParameter } from "../../conversation/parameters.ts";

/** The model's id or ARN becomes one segment of the path, so that nothing in it leads elsewhere. */
export function modelPath(model: string): string {
  if (!/^[\w.:/@-]{1,2048}$/.test(model) || /(?:^|\/)\.+(?:\/|$)/.test(model)) {
    return refuseParameter("invalid-request", "model", `${JSON.stringify(model.slice(0, 100))} is not an id that a Bedrock model can have`);
  }
  return `/model/${encodeURIComponent(model)}`;
}
