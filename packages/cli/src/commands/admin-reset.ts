/** The one command that does not go through the admin API: whoever lost the password could not sign in to it. */
import { resetPerson } from "@parley/control/reset-person";
import { type ConnectionOptions, dataRoot } from "../api/connection.ts";
import { Failure } from "../failure.ts";
import { type Terminal, outJson } from "../terminal.ts";

export async function adminReset(terminal: Terminal, name: string | undefined, options: ConnectionOptions): Promise<number> {
  const link = await makeLink(dataRoot(terminal, options), name ?? null);
  const url = options.admin === undefined ? link.url : onOtherAddress(link.url, options.admin);
  if (options.json) outJson(terminal, { name: link.name, url, expiresAt: link.expiresAt.toISOString() });
  else terminal.out(`${link.name === null ? "The first person signs in" : `${link.name} sets a new password`} here, once, until ${link.expiresAt.toISOString()}:\n\n  ${url}\n`);
  return 0;
}

async function makeLink(data: string, name: string | null): ReturnType<typeof resetPerson> {
  try {
    return await resetPerson(data, name);
  } catch (error) {
    throw new Failure("not-found", (error as Error).message, "Check the name, and the data directory with --data.");
  }
}

/** People may reach the console under another name than this machine does. */
function onOtherAddress(url: string, admin: string): string {
  if (!URL.canParse(admin)) throw new Failure("usage", `"${admin}" is not an address`, "Write it as https://parley.example.com.");
  const { pathname, search, hash } = new URL(url);
  return new URL(`${pathname}${search}${hash}`, admin).href;
}
