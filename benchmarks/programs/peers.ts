/** Sees to it that the peers are there: Portkey's gateway from the lockfile beside this, nginx from the distribution. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Peers {
  nginxVersion: string;
  portkeyVersion: string;
  portkeyStartScript: string;
}

const folder = fileURLToPath(new URL("../peers", import.meta.url));
const portkeyFolder = `${folder}/node_modules/@portkey-ai/gateway`;

export function ensurePeers(say: (text: string) => void): Peers {
  requireCommand("nginx", "nginx is the limit that all ratios refer to. Install it: apt-get install nginx-light");
  requireCommand("taskset", "Processes are pinned to cores with taskset. Install it: apt-get install util-linux");
  requireCommand("setpriv", "Processes are bound to the runner's life with setpriv. Install it: apt-get install util-linux");
  if (!existsSync(portkeyFolder)) {
    say("installing the peers, once");
    execFileSync("npm", ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder, stdio: "inherit" });
  }
  const { version } = JSON.parse(readFileSync(`${portkeyFolder}/package.json`, "utf8")) as { version: string };
  const nginxVersion = /nginx\/(\S+)/.exec(spawnSync("nginx", ["-v"], { encoding: "utf8" }).stderr)?.[1] ?? "unknown";
  return { nginxVersion, portkeyVersion: version, portkeyStartScript: `${portkeyFolder}/build/start-server.js` };
}

function requireCommand(command: string, advice: string): void {
  if (spawnSync(command, ["-V"]).error) throw new Error(`${command} is not installed. ${advice}`);
}
