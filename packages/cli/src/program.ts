/** All commands, their options and their help. What a command does is in commands/, and loaded when it is called. */
import packageFile from "../package.json" with { type: "json" };
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { missingValue } from "./missing-value.ts";
import type { CommonOptions, Terminal } from "./terminal.ts";

/** Runs a command; gives the exit status: 0 done, 1 failed, 2 where `plan` found changes. */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  const status = { exit: 0 };
  const json = words.includes("--json");
  const program = buildProgram(terminal, status);
  const { command, rest, help } = commandOf(program, words);
  const missing = missingValue(command, rest, help);
  if (missing !== null) return wrongUse(terminal, missing, json);
  try {
    await program.parseAsync(words, { from: "user" });
    return status.exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0 || error.code === "commander.help") return error.exitCode;
      return wrongUse(terminal, { message: error.message.replace(/^error: /, "").trim(), fix: help }, json);
    }
    return await failed(error as Error, terminal, json);
  }
}

async function wrongUse(terminal: Terminal, { message, fix }: { message: string; fix: string }, json: boolean): Promise<number> {
  const { reportFailure } = await import("./report-failure.ts");
  reportFailure(terminal, { code: "usage", message, fix }, json);
  return 1;
}

/** The command that the words name as far as they name one, the words after it, and how to ask for its help. */
function commandOf(program: Command, words: readonly string[]): { command: Command; rest: readonly string[]; help: string } {
  let command = program;
  let depth = 0;
  for (let next = find(command, words[depth]); next !== undefined; next = find(command, words[++depth])) command = next;
  return { command, rest: words.slice(depth), help: `${["./parley", ...words.slice(0, depth)].join(" ")} --help` };
}

function find(command: Command, name: string | undefined): Command | undefined {
  return command.commands.find((each) => each.name() === name);
}

async function failed(error: Error, terminal: Terminal, json: boolean): Promise<number> {
  const hasDiagnostics = "diagnostics" in error && Array.isArray(error.diagnostics) && error.diagnostics.length > 0;
  if (hasDiagnostics) {
    const { reportConfigError } = await import("./config-error.ts");
    reportConfigError(error, terminal, json);
  } else if ("code" in error && typeof error.code === "string" && ["Failure", "StartError"].includes(error.name)) {
    const { reportFailure } = await import("./report-failure.ts");
    reportFailure(terminal, error as Error & { code: string; fix?: string }, json);
  } else if (json) {
    terminal.error(`${JSON.stringify({ error: { code: "internal-error", message: error.message, stack: error.stack } }, null, 2)}\n`);
  } else {
    // A fault of the program itself: what helps is where it happened.
    terminal.error(`${error.stack ?? error.message}\n`);
  }
  return 1;
}

type Run = (terminal: Terminal, ...values: never[]) => Promise<number>;

interface Building {
  program: Command;
  terminal: Terminal;
  status: { exit: number };
}

/** Commands as they are parsed; what one does sets `status`. */
export function buildProgram(terminal: Terminal, status: { exit: number }): Command {
  const program = new Command("parley");
  program
    .description("An AI gateway and API management platform. `up` starts it; the other commands inspect or change it.")
    .usage("<command> [options]")
    .version(packageFile.version, "-V, --version", "print the version")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.error(text),
      // A wrong use is thrown as well, and told like every other failure.
      outputError: () => {},
    })
    .addHelpText("after", "\nBegin with:\n  $ ./parley up\n\nEvery command has --help with examples; all that inspect or change Parley have --json.");
  const building: Building = { program, terminal, status };
  addRunning(building);
  addConfiguration(building);
  addLooking(building);
  addReleases(building);
  addSmall(building);
  return program;
}

/** Wires a command to its module; `load` keeps the import lazy. */
function does(building: Building, command: Command, load: () => Promise<Run>): void {
  command.option("--json", "print JSON");
  command.action(async (...values: unknown[]) => {
    const run = await load();
    // Commander appends the command itself, which nobody needs.
    building.status.exit = await run(building.terminal, ...(values.slice(0, -1) as never[]));
  });
}

function examples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  $ ./parley ${line}`).join("\n")}`);
}

function connection(command: Command): Command {
  return command
    .option("--admin <url>", "the admin API's URL (PARLEY_ADMIN_URL); default: the Parley on this machine")
    .option("--ca <file>", "PEM file of the authorities for the admin API's certificate (PARLEY_ADMIN_CA); not needed on the same machine")
    .option("--token <token>", "the admin token (PARLEY_ADMIN_TOKEN); not needed on the same machine")
    .addOption(new Option("--data <directory>", "the data directory of the Parley on this machine (PARLEY_DATA; ./.parley)"));
}

function addRunning(building: Building): void {
  const up = building.program.command("up").description("start Parley in the foreground; Ctrl-C drains and stops it");
  up.option("-c, --config <file>", "run from this file; without it, from the database")
    .option("-d, --data <directory>", "where everything is stored (PARLEY_DATA; ./.parley)")
    .option("--host <address>", "the address that applications call (PARLEY_HOST; 127.0.0.1)")
    .option("--gateway-port <port>", "the port that applications call (PARLEY_GATEWAY_PORT; 8080)", port)
    .option("--admin-host <address>", "the address of the console and the admin API (PARLEY_ADMIN_HOST; 127.0.0.1)")
    .option("--admin-port <port>", "the port of the console and the admin API (PARLEY_ADMIN_PORT; 8081)", port);
  examples(up, ["up", "up --config parley.yaml", "up --gateway-port 0 --admin-port 0 --data /tmp/try"]);
  does(building, up, async () => (await import("./commands/up.ts")).up);

  const status = connection(building.program.command("status").description("show how the running Parley is doing"));
  does(building, examples(status, ["status", "status --json"]), async () => (await import("./commands/status.ts")).status);

  const doctor = building.program.command("doctor").description("run all checks; each failure comes with a fix");
  connection(doctor).option("-c, --config <file>", "check this file as well");
  does(building, examples(doctor, ["doctor", "doctor --config parley.yaml --json"]), async () => (await import("./commands/doctor.ts")).doctor);

  const admin = examples(building.program.command("admin").description("manage people, on the machine itself"), ["admin reset ana"]);
  const reset = admin.command("reset").argument("[name]", "whose link; default: the only owner's").description("print a new sign-in link for somebody who lost the password");
  reset.option("-d, --data <directory>", "the data directory (PARLEY_DATA; ./.parley)").option("--admin <url>", "the console's address in the link");
  does(building, examples(reset, ["admin reset", "admin reset ana"]), async () => (await import("./commands/admin-reset.ts")).adminReset);
}

function addConfiguration(building: Building): void {
  const check = building.program.command("check").argument("[file]", "a parley.yaml").description("find mistakes in a configuration file; nothing has to run");
  check.option("-f, --file <file>", "the same, as plan and apply take it").option("-c, --config <file>", "the same, as up takes it");
  does(building, examples(check, ["check parley.yaml", "check -f parley.yaml --json"]), async () => (await import("./commands/check.ts")).check);

  const plan = connection(building.program.command("plan").description("show what applying a file would change; exit status 0: nothing, 2: changes, 1: error"));
  plan.requiredOption("-f, --file <file>", "a parley.yaml").option("-o, --out <planfile>", "save the plan, to apply exactly that later");
  does(building, examples(plan, ["plan -f parley.yaml", "plan -f parley.yaml --out next.plan"]), async () => (await import("./commands/plan.ts")).plan);

  const apply = connection(building.program.command("apply").description("change the configuration to what the file says"));
  apply.requiredOption("-f, --file <file>", "a parley.yaml or a saved plan; a stale plan is refused");
  does(building, examples(apply, ["apply -f parley.yaml", "apply -f next.plan"]), async () => (await import("./commands/apply.ts")).apply);

  const exported = connection(building.program.command("export").description("print the configuration as parley.yaml; secrets become variables"));
  does(building, examples(exported, ["export > parley.yaml"]), async () => (await import("./commands/export.ts")).exportConfiguration);
}

function addLooking(building: Building): void {
  const calls = connection(building.program.command("calls").description("list calls, newest first or sorted"));
  calls
    .option("--service <name>", "only of this service")
    .option("--consumer <name>", "only of this consumer")
    .option("--status <status>", "only with this status: 409, 4xx or error")
    .option("--query <query>", "only what this query finds; see docs/query-language.md")
    .option("--sort <figure>", "largest first: latency, cost, tokens, status, …; see docs/query-language.md")
    .option("--ascending", "with --sort: smallest first")
    .option("--limit <count>", "how many", count, 20)
    .option("--follow", "keep showing calls as they end; Ctrl-C stops it");
  does(building, examples(calls, ["calls", "calls --service notes --status error", "calls --sort latency --limit 5", "calls --follow --json"]), async () => (await import("./commands/calls.ts")).calls);

  const diff = connection(building.program.command("diff").argument("<service>", "a service").description("compare the OpenAPI documents of two versions, and show who is affected; exit status 2: breaking changes"));
  diff
    .option("--from <version>", "the older version")
    .option("--to <version>", "the newer version")
    .option("--file <document>", "compare the document in force with this file instead")
    .option("--version <version>", "with --file: of this version; default: of the service itself")
    .option("--days <days>", "how far back calls are looked at", count, 30)
    .option("--all", "show non-breaking changes, too");
  does(building, examples(diff, ["diff notes --from v1 --to v2", "diff notes --version v2 --file ./notes.v2.openapi.yaml", "diff notes --from v1 --to v2 --json"]), async () => (await import("./commands/diff.ts")).diff);

  const tail = connection(building.program.command("tail").argument("[query...]", "only what this query finds; see docs/query-language.md").description("show calls live, as they end; Ctrl-C stops it"));
  // A negated term looks like an option.
  tail.allowUnknownOption();
  does(building, examples(tail, ["tail", "tail service:notes status:4xx -method:GET", "tail --json 'cause:* latency:>500ms'"]), async () => (await import("./commands/tail.ts")).tail);
}

function addReleases(building: Building): void {
  const rollout = examples(building.program.command("rollout").description("follow and control the rollout of a canary release"), ["rollout status notes --wait", "rollout rollback notes"]);
  const status = connection(rollout.command("status").argument("<service>", "a service with a canary").description("show its share, both arms and the tests; exit status 2: it was rolled back"));
  status.option("--wait", "wait until it is promoted; exit status 2: it was rolled back, or paused");
  does(building, examples(status, ["rollout status notes", "rollout status notes --wait --json"]), async () => (await import("./commands/rollout.ts")).rolloutStatus);
  const orders = { promote: "move to the next share now", rollback: "roll it back at once", pause: "keep its share", resume: "continue after a pause", restart: "start again with the first share" } as const;
  for (const [order, description] of Object.entries(orders) as [keyof typeof orders, string][]) {
    const ordered = connection(rollout.command(order).argument("<service>", "a service whose canary has a rollout").description(description));
    does(building, examples(ordered, [`rollout ${order} notes`]), async () => (await import("./commands/rollout.ts")).rolloutOrder(order));
  }

  const mirror = examples(building.program.command("mirror").description("compare a mirror's answers with those that callers got"), ["mirror status notes"]);
  const compared = connection(mirror.command("status").argument("<service>", "a service with a mirror").description("show how many answers are equal, and where others differ; exit status 2: some differ"));
  does(building, examples(compared, ["mirror status notes", "mirror status notes --json"]), async () => (await import("./commands/mirror.ts")).mirrorStatus);
  const reset = connection(mirror.command("reset").argument("<service>", "a service with a mirror").description("start counting again"));
  does(building, examples(reset, ["mirror reset notes"]), async () => (await import("./commands/mirror.ts")).mirrorReset);
}

function addSmall(building: Building): void {
  const connected = building.program.command("connect").addArgument(oneOf("<agent>", ["claude-code", "codex", "cursor"])).description("point a coding agent at the gateway: writes its settings, keeps the old ones, and tests the result");
  connected
    .option("--key <key>", "the key that it uses (PARLEY_KEY)")
    .option("--gateway <url>", "the gateway's URL; default: the one on this machine")
    .option("--model <model>", "the model or alias that it uses")
    .option("--undo", "restore its settings")
    .addOption(new Option("--data <directory>", "the data directory of the Parley on this machine (PARLEY_DATA; ./.parley)"));
  examples(connected, ["connect claude-code --key $PARLEY_KEY", "connect codex --model assistant", "connect codex --undo"]);
  does(building, connected, async () => (await import("./commands/connect.ts")).connect);

  const explain = building.program.command("explain").argument("[code]", "the code of an error; default: list all codes").description("show cause, fix and example of a problem code");
  does(building, examples(explain, ["explain config-unknown-key", "explain"]), async () => (await import("./commands/explain.ts")).explain);

  const version = building.program.command("version").description("print the version");
  does(building, examples(version, ["version --json"]), async () => (await import("./commands/version.ts")).version);

  const completion = building.program.command("completion").addArgument(oneOf("<shell>", ["bash", "zsh", "fish", "powershell"])).description("print the completion script for a shell");
  examples(completion, ["completion bash > /etc/bash_completion.d/parley", 'completion zsh > "${fpath[1]}/_parley"', "completion fish > ~/.config/fish/completions/parley.fish"]);
  does(building, completion, async () => {
    const { completion: write } = await import("./commands/completion.ts");
    return (terminal: Terminal, shell: string, options: CommonOptions) => write(terminal, shell, { ...options, program: building.program });
  });

  // The shell script of the same name does these, before there is anything that could run; here they are for the help alone.
  const install = building.program.command("install").description("install what running needs and build the console, for an image or a service; start nothing");
  examples(install, ["install"]);
  const test = building.program.command("test").argument("[arguments...]", "passed on to vitest").description("install what the tests need, and run them");
  examples(test, ["test", "test packages/config", 'test -t "a name"']);
}

/** For the help and for completion: what is none of them is refused by the command, which knows more to say. */
function oneOf(name: string, values: readonly string[]): Argument {
  return new Argument(name).choices(values).argParser((text) => text);
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("A port is a number from 0 (any free one) to 65535.");
}

function count(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1000) return Number(text);
  throw new InvalidArgumentError("A count is a number from 1 to 1000.");
}
