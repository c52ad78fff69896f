/** The figures of the AI side as Markdown. */
import type { Machine } from "../measure/machine.ts";
import { ratios, summary } from "../measure/statistics.ts";
import { spread, table } from "../report/table.ts";
import type { InProcessFigure } from "./in-process.ts";
import type { LargeRequest, OpenStreams } from "./memory.ts";
import type { FirstTokenRound, PathFigures } from "./under-load.ts";

export interface AiResults {
  takenAt: string;
  command: string;
  machine: Machine;
  loadAverageAtEnd: number;
  inProcess: InProcessFigure[];
  paths: PathFigures[];
  firstToken: { ratePerSecond: number; rounds: FirstTokenRound[] } | null;
  openStreams: OpenStreams | null;
  largeRequests: LargeRequest[];
  failures: string[];
}

export function aiReport(results: AiResults): string {
  const { machine } = results;
  return `${[
    "# The AI side",
    `Taken ${results.takenAt} with \`${results.command}\` on ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}, Parley ${machine.parley}, Portkey ${machine.portkey}. The machine's load was ${machine.loadAverage.toFixed(1)} before and ${results.loadAverageAtEnd.toFixed(1)} after: where it is above 1 other work ran beside it, and only ratios within a round mean much.`,
    ...results.failures.map((failure) => `**Failed:** ${failure}`),
    table("In process, µs of CPU", ["what", "goal", "median (lowest–highest)"], results.inProcess.map(({ title, goal, rounds }) => [title, goal, spread(rounds, 2)])),
    pathsTable(results.paths),
    firstTokenTable(results.firstToken),
    memoryTable(results),
  ].filter((part) => part !== "").join("\n\n")}\n`;
}

function pathsTable(paths: readonly PathFigures[]): string {
  const plain = paths.find(({ scenario, program }) => scenario === "plain-chat" && program === "parley");
  const rows = paths.map(({ title, scenario, program, rounds }) => {
    const parley = paths.find((other) => other.scenario === scenario && other.program === "parley");
    return [`${title}: **${program}**`, spread(rounds, 1), plain ? spread(ratios(rounds, plain.rounds), 2) : "", parley ? spread(ratios(rounds, parley.rounds), 1) : ""];
  });
  return table("CPU a call, key, limit, metrics and call log included (goal: OpenAI in and out at most 1.3 × Parley's plain proxy)", ["path", "µs of CPU a call", "× Parley's plain proxy", "× Parley"], rows);
}

function firstTokenTable(firstToken: AiResults["firstToken"]): string {
  if (!firstToken) return "";
  const added = (path: "plain" | "through", which: "p50" | "p99") => spread(firstToken.rounds.map((round) => round[path][which] - round.direct[which]), 2);
  const overPlain = (which: "p50" | "p99") => spread(firstToken.rounds.map(({ plain, through }) => through[which] - plain[which]), 2);
  const of = (path: "direct" | "plain" | "through", which: "p50" | "p99") => summary(firstToken.rounds.map((round) => round[path][which])).median.toFixed(2);
  return table(`Time to the first token while ${firstToken.ratePerSecond} calls/s (60 % of the core) go through, ms (goal: under 1 added at p99)`, ["", "p50", "p99"], [
    ["direct", of("direct", "p50"), of("direct", "p99")], ["through Parley's plain proxy", of("plain", "p50"), of("plain", "p99")], ["through Parley to a model", of("through", "p50"), of("through", "p99")],
    ["added by the plain proxy, within a round", added("plain", "p50"), added("plain", "p99")], ["added to a model, within a round", added("through", "p50"), added("through", "p99")], ["to a model beyond the plain proxy, within a round", overPlain("p50"), overPlain("p99")],
  ]);
}

function memoryTable({ openStreams, largeRequests }: AiResults): string {
  const rows = [
    ...(openStreams ? [[`${openStreams.streams} open streams`, "≤ 60 KiB each", `${openStreams.kibEach.toFixed(1)} KiB each`]] : []),
    ...largeRequests.map(({ title, requests, bodyMib, peakMib }) => [`a request of ${bodyMib.toFixed(0)} MiB with an image, ${title}, ${requests}`, "no copy for each step", `${peakMib.toFixed(0)} MiB at the highest, ${(peakMib / bodyMib).toFixed(1)} × the body`]),
  ];
  return table("Resident memory of the gateway, added", ["what", "goal", "figure"], rows);
}
