/** nginx as a plain proxy: the limit. It checks no key, counts nothing and logs nothing. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processTree } from "../measure/cpu-time.ts";
import { plainProxyConfig } from "../mock/nginx-config.ts";
import { freePort, startPinned, stopChild, untilAnswers } from "./child.ts";
import type { Program } from "./program.ts";
import { directTarget, type Upstreams } from "./upstreams.ts";

export async function startNginx(directory: string, core: number, upstreams: Upstreams): Promise<Program> {
  const port = await freePort();
  const home = join(directory, "nginx");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "nginx.conf"), plainProxyConfig({ port, fixedPort: upstreams.fixedPort, scriptedPort: upstreams.scriptedPort }, home));
  const child = startPinned(["nginx", "-p", home, "-e", join(home, "error.log"), "-c", join(home, "nginx.conf")], { core });
  await untilAnswers(`http://127.0.0.1:${port}/plain/1k`, child, 5_000);
  return {
    name: "nginx",
    target: (scenario) => directTarget(scenario, port),
    processes: () => processTree(child.process.pid!).map(({ pid }) => ({ part: "proxy", pid })),
    stop: () => stopChild(child),
  };
}
