/** Where a picture, a sound or a file is: at an address, or in a data URL. */
import type { MediaSource } from "../../conversation/content.ts";

/** A data URL becomes bytes with their type; the base64 text is a view into the caller's own, never a copy. */
export function parseUrl(url: string): MediaSource {
  if (!url.startsWith("data:")) return { type: "url", url };
  const comma = url.indexOf(",");
  const [mediaType = "", ...parameters] = url.slice(5, Math.max(comma, 5)).split(";");
  const data = url.slice(comma + 1);
  return { type: "base64", mediaType: mediaType || "text/plain", data: parameters.includes("base64") ? data : Buffer.from(decodeData(data)).toString("base64") };
}

function decodeData(data: string): string {
  try {
    return decodeURIComponent(data);
  } catch {
    return data;
  }
}
