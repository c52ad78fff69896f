/** Upstreams' addresses in texts: where a caller could go past the gateway, the gateway's own path stands instead. */

export type Hide = (text: string) => string;

export function hiderOf(urls: readonly string[], base: string): Hide {
  const steps = [...new Set(urls)].filter((url) => URL.canParse(url) && /^https?:/i.test(url)).slice(0, 50).flatMap((url) => stepsFor(new URL(url), base));
  if (steps.length === 0) return (text) => text;
  return (text) => steps.reduce((so, [found, instead]) => so.replace(found, () => instead), text);
}

function stepsFor({ host, hostname, pathname }: URL, base: string): [RegExp, string][] {
  const end = "(?![\\w-]|\\.\\w)";
  const place = escaped(host);
  const path = pathname.replace(/\/$/, "");
  const steps: [RegExp, string][] = [];
  if (path !== "") steps.push([new RegExp(`(?:https?:)?//${place}${escaped(path)}${end}`, "gi"), base]);
  // What is beside the service's own part of the upstream is nowhere on the gateway.
  steps.push([new RegExp(`(?:https?:)?//${place}${end}`, "gi"), path === "" ? base : ""]);
  // A name such as `notes` alone may be a word.
  if (host !== hostname || hostname.includes(".")) steps.push([new RegExp(`(?<![\\w.-])${place}${end}`, "gi"), "gateway"]);
  return steps;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
