/** A real nginx that compresses, in front of something, on a free loopback port. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endingWithUs } from "./ending-with-us.ts";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";

const program = ["/usr/sbin/nginx", "/usr/bin/nginx"].find((path) => existsSync(path)) ?? null;

/** Why there can be no nginx here; null where there can. */
export const nginxMissing: string | null = program === null ? "nginx is not installed" : null;

export interface Nginx extends AsyncDisposable {
  url: string;
}

/** Compresses whatever passes and is JSON, and so weakens its tags; ends each connection after seven requests. */
export async function startCompressingNginx(upstreamUrl: string): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), "parley-nginx-"));
  const port = await freePort();
  writeFileSync(join(directory, "nginx.conf"), configuration(directory, { port, upstream: new URL(upstreamUrl).host }));
  const child = spawn(...endingWithUs(program ?? "nginx", ["-p", directory, "-e", join(directory, "error.log"), "-c", join(directory, "nginx.conf")]), { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(`${url}/nginx-is-there`)).status === 204, { what: () => "nginx to serve" });
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(directory, { recursive: true, force: true });
  };
  return { url, [Symbol.asyncDispose]: stop };
}

function configuration(directory: string, at: { port: number; upstream: string }): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `  ${name}_temp_path ${directory}/${name};\n`).join("");
  return `daemon off;
master_process off;
pid ${directory}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
${temporary}  gzip on;
  gzip_proxied any;
  gzip_vary on;
  gzip_min_length 1;
  gzip_types application/json;
  server {
    listen 127.0.0.1:${at.port};
    # Instead of a thousand: connections end while they are in use by others.
    keepalive_requests 7;
    location = /nginx-is-there { return 204; }
    location / {
      proxy_pass http://${at.upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
    }
  }
}
`;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await exited;
}
