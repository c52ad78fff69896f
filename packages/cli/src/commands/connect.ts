/** Leads a coding agent to the gateway, or back to where it was: writes, keeps what was there, and sees whether it works. */
import { rmSync } from "node:fs";
import { type ConnectionOptions, readRunning, dataRoot } from "../api/connection.ts";
import { backupPath, dropBackup, keepBackup, readBackup } from "../connect/backup.ts";
import { claudeCode } from "../connect/claude-code.ts";
import { codex } from "../connect/codex.ts";
import { cursor } from "../connect/cursor.ts";
import { type Gateway, type Tool, UnreadableSettingsError } from "../connect/tool.ts";
import { Failure } from "../failure.ts";
import { type Terminal, outJson } from "../terminal.ts";

interface ConnectOptions extends ConnectionOptions {
  gateway?: string;
  key?: string;
  model?: string;
  undo?: boolean;
}

const tools: readonly Tool[] = [claudeCode, codex, cursor];
const timeoutMs = 10_000;

export async function connect(terminal: Terminal, name: string, options: ConnectOptions): Promise<number> {
  const tool = tools.find((one) => one.name === name);
  if (!tool) throw new Failure("usage", `"${name}" is not known`, `It connects ${tools.map((one) => one.name).join(", ")}; others need only the gateway's address and a key.`);
  const place = tool.place(terminal.environment);
  if (options.undo) return undo(terminal, tool, { place, json: options.json === true });
  const gateway = gatewayOf(terminal, options);
  const models = await check(gateway);
  const before = readable(place, () => tool.load(place));
  const after = readable(place, () => tool.withSlots(before, { ...tool.slotsOf(before), ...tool.leadingTo(gateway) }));
  keepBackup(place, { tool: tool.name, existed: before !== null, slots: tool.slotsOf(before), text: before });
  readable(place, () => tool.store(place, after));
  await verify(tool, place);
  if (options.json) outJson(terminal, { tool: tool.name, file: place, backup: backupPath(place), gateway: gateway.url, models });
  else terminal.out(`${tool.title} calls ${gateway.url} now (${models} models); this is in ${place}.\n${tool.afterwards}\nBack to where it was: ./parley connect ${tool.name} --undo\n`);
  return 0;
}

function undo(terminal: Terminal, tool: Tool, { place, json }: { place: string; json: boolean }): number {
  const backup = readBackup(place);
  if (!backup) throw new Failure("connect-no-backup", `${tool.title} was not connected by this command: there is no ${backupPath(place)}`);
  const now = readable(place, () => tool.load(place));
  const text = readable(place, () => tool.withSlots(now, backup.slots));
  const nothingElse = !backup.existed && text === tool.withSlots(null, {});
  // Where nothing else changed it comes back as it was, to the last blank.
  const unchanged = backup.text !== null && tool.canonical(text) === tool.canonical(backup.text);
  readable(place, () => (nothingElse ? rmSync(place, { force: true }) : tool.store(place, unchanged ? (backup.text ?? text) : text)));
  dropBackup(place);
  if (json) outJson(terminal, { tool: tool.name, file: place, undone: true });
  else terminal.out(`${tool.title} is as it was; what else changed in ${place} meanwhile is kept.\n${tool.afterwards}\n`);
  return 0;
}

function gatewayOf(terminal: Terminal, options: ConnectOptions): Gateway {
  const url = options.gateway ?? readRunning(dataRoot(terminal, options))?.gatewayUrl;
  if (url === undefined) throw new Failure("not-running", "no Parley runs on this machine's data directory", "Start it with ./parley up, or say where the gateway is: --gateway https://ai.example.com");
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Failure("usage", `"${url}" is not the address of a gateway`, "Write it as http://127.0.0.1:8080.");
  const key = options.key ?? terminal.environment["PARLEY_KEY"];
  if (key === undefined || key === "") throw new Failure("connect-no-key", "which key is the agent to call with?");
  return { url: url.replace(/\/+$/, "").replace(/\/v1$/, ""), key, model: options.model ?? null };
}

/** How many models the key opens. */
async function check({ url, key }: Pick<Gateway, "url" | "key">): Promise<number> {
  let response: Response;
  try {
    response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const { cause, message } = error as Error;
    throw new Failure("connect-failed", `nothing answers at ${url}: ${cause instanceof Error ? cause.message : message}; nothing was changed`);
  }
  const body = (await response.json().catch(() => null)) as { data?: unknown[]; error?: { message?: string } } | null;
  if (!response.ok || !Array.isArray(body?.data)) throw new Failure("connect-failed", `${url}/v1/models answers ${response.status}${body?.error?.message ? `: ${body.error.message}` : ""}; nothing was changed`);
  return body.data.length;
}

/** By what stands there now: what was meant to be written says nothing. */
async function verify(tool: Tool, place: string): Promise<void> {
  const written = tool.leadsTo(tool.slotsOf(tool.load(place)));
  if (written) await check(written);
  else throw new Failure("connect-failed", `${place} does not lead to the gateway after it was written; what was there is in ${backupPath(place)}`);
}

function readable<Result>(place: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnreadableSettingsError || "code" in (error as object)) throw new Failure("connect-unreadable", `the settings in ${place} cannot be used: ${(error as Error).message}`);
    throw error;
  }
}
