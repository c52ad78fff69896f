import packageFile from "../../package.json" with { type: "json" };
import { type CommonOptions, type Terminal, outJson } from "../terminal.ts";

export async function version(terminal: Terminal, options: CommonOptions): Promise<number> {
  const facts = { version: packageFile.version, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  if (options.json) outJson(terminal, facts);
  else terminal.out(`parley ${facts.version} (node ${facts.node}, ${facts.platform})\n`);
  return 0;
}
