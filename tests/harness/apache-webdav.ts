/** Apache's mod_dav on a free loopback port, with a configuration and a folder of its own: a WebDAV server that others wrote. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endingWithUs } from "./ending-with-us.ts";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";

const program = "/usr/sbin/apache2";
const modules = "/usr/lib/apache2/modules";
/** Apache gives root away before it serves; "nobody" is there on every system. */
const nobody = 65_534;

/** Why there can be no Apache here; null where there can. */
export const apacheMissing: string | null = existsSync(program) && existsSync(join(modules, "mod_dav_fs.so")) ? null : "apache2-bin is not installed";

export interface ApacheWebdav extends AsyncDisposable {
  url: string;
}

/** Serves one WebDAV collection for each of these names. */
export async function startApacheWebdav(collections: readonly string[]): Promise<ApacheWebdav> {
  const directory = mkdtempSync(join(tmpdir(), "parley-apache-"));
  chmodSync(directory, 0o755);
  for (const path of ["files", "locks", ...collections.map((name) => `files/${name}`)]) {
    mkdirSync(join(directory, path));
    if (process.getuid?.() === 0) chownSync(join(directory, path), nobody, nobody);
  }
  const port = await freePort();
  writeFileSync(join(directory, "apache.conf"), configuration(directory, port));
  const child = spawn(...endingWithUs(program, ["-f", join(directory, "apache.conf"), "-D", "FOREGROUND"]), { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await eventually(async () => (await fetch(url, { method: "OPTIONS" })).ok, { what: () => `Apache to serve; it said:\n${readFileSync(join(directory, "error.log"), "utf8")}` });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: stop };
}

function configuration(directory: string, port: number): string {
  return `ServerRoot ${directory}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${directory}/apache.pid
ErrorLog ${directory}/error.log
User #${nobody}
Group #${nobody}
LoadModule mpm_event_module ${modules}/mod_mpm_event.so
LoadModule authz_core_module ${modules}/mod_authz_core.so
LoadModule dav_module ${modules}/mod_dav.so
LoadModule dav_fs_module ${modules}/mod_dav_fs.so
DavLockDB ${directory}/locks/database
DocumentRoot ${directory}/files
<Directory ${directory}/files>
  Dav On
  Require all granted
</Directory>
`;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await exited;
}
