/** Claude Code: environment variables in its settings.json. */
import { homedir } from "node:os";
import { join } from "node:path";
import { loadText, storeText } from "./text-file.ts";
import { UnreadableSettingsError, type Slots, type Tool } from "./tool.ts";

/** A key of the maker's own would go before the token. */
const names = ["ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_MODEL"] as const;

interface Settings {
  env?: Record<string, string>;
}

export const claudeCode: Tool = {
  name: "claude-code",
  title: "Claude Code",
  place: (environment) => join(environment["CLAUDE_CONFIG_DIR"] || join(environment["HOME"] || homedir(), ".claude"), "settings.json"),
  load: loadText,
  store: storeText,
  slotsOf: (text) => {
    const { env } = parsed(text);
    return Object.fromEntries(names.map((name) => [name, env?.[name] ?? null]));
  },
  withSlots: (text, slots) => {
    const settings = parsed(text);
    const env = { ...settings.env };
    for (const [name, value] of Object.entries(slots)) {
      if (value === null) delete env[name];
      else env[name] = value;
    }
    const { env: _, ...rest } = settings;
    return `${JSON.stringify(Object.keys(env).length === 0 ? rest : { ...settings, env }, null, 2)}\n`;
  },
  leadingTo: ({ url, key, model }): Slots => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_API_KEY: null, ...(model === null ? {} : { ANTHROPIC_MODEL: model }) }),
  leadsTo: ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: key }) => (url && key ? { url, key } : null),
  canonical: (text) => sorted(parsed(text)),
  afterwards: "Start `claude` again: sessions that run keep what they began with.",
};

function sorted(settings: unknown): string {
  return JSON.stringify(settings, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))) : value,
  );
}

function parsed(text: string | null): Settings {
  if (text === null || text.trim() === "") return {};
  try {
    const settings: unknown = JSON.parse(text);
    if (typeof settings === "object" && settings !== null && !Array.isArray(settings)) return settings as Settings;
  } catch (error) {
    throw new UnreadableSettingsError(`they are no JSON: ${(error as Error).message}`);
  }
  throw new UnreadableSettingsError("they are no JSON object");
}
