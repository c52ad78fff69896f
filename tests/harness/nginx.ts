/** A real nginx in front of something, on a free loopback port: one that compresses, and one that marks what passes. */
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
export function startCompressingNginx(upstreamUrl: string): Promise<Nginx> {
  return startNginx(upstreamUrl, {
    server: ["gzip on", "gzip_proxied any", "gzip_vary on", "gzip_min_length 1", "gzip_types application/json", "keepalive_requests 7"],
    proxy: [],
  });
}

/** Compresses, and lets no tag through. */
export function startStrippingNginx(upstreamUrl: string): Promise<Nginx> {
  return startNginx(upstreamUrl, { server: ["gzip on", "gzip_proxied any", "gzip_min_length 1", "gzip_types application/json"], proxy: ["proxy_hide_header ETag"] });
}

/** Gives each request that it sends on the field with the value `yes`. It sends bodies on as they come, and many requests over one connection. */
export function startMarkingNginx(upstreamUrl: string, field: string): Promise<Nginx> {
  const quick = ["keepalive_timeout 1s", "client_header_timeout 1s", "client_body_timeout 1s", "client_max_body_size 1m"];
  return startNginx(upstreamUrl, { server: quick, proxy: [`proxy_set_header ${field} yes`, 'proxy_set_header Connection ""', "proxy_request_buffering off", "proxy_read_timeout 3s"] });
}

/** Directives of its server, and of the place that sends calls on. */
interface Directives {
  server: readonly string[];
  proxy: readonly string[];
}

async function startNginx(upstreamUrl: string, directives: Directives): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), "parley-nginx-"));
  const port = await freePort();
  writeFileSync(join(directory, "nginx.conf"), configuration(directory, directives, { port, upstream: new URL(upstreamUrl).host }));
  const child = spawn(...endingWithUs(program ?? "nginx", ["-p", directory, "-e", join(directory, "error.log"), "-c", join(directory, "nginx.conf")]), { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(`${url}/nginx-is-there`)).status === 204, { what: () => "nginx to serve" });
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(directory, { recursive: true, force: true });
  };
  return { url, [Symbol.asyncDispose]: stop };
}

function configuration(directory: string, { server, proxy }: Directives, at: { port: number; upstream: string }): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `  ${name}_temp_path ${directory}/${name};\n`).join("");
  const lines = (directives: readonly string[], indent: string): string => directives.map((directive) => `${indent}${directive};\n`).join("");
  return `daemon off;
master_process off;
pid ${directory}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
${temporary}  upstream behind {
    server ${at.upstream};
    keepalive 8;
  }
  server {
    listen 127.0.0.1:${at.port};
${lines(server, "    ")}    location = /nginx-is-there { return 204; }
    location / {
      proxy_pass http://behind;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
${lines(proxy, "      ")}    }
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
