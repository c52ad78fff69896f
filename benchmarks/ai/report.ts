/** The figures of the AI side as Markdown. */
import type { Machine } from "../measure/machine.ts";
import { ratios, summary } from "../measure/statistics.ts";
import { spread, table } from "../report/table.ts";
import type { InProcessFigure } from "./in-process.ts";
import type { LargeRequest, OpenStreams } from "./memory.ts";
import { type FirstTokenPath, firstTokenPaths, type FirstTokenRound, isAtLoad, isQuiet } from "./first-token.ts";
import type { PathFigures } from "./under-load.ts";

export interface AiResults {
  takenAt: string;
  command: string;
  machine: Machine;
  loadAverageAtEnd: number;
  inProcess: InProcessFigure[];
  paths: PathFigures[];
  firstToken: FirstTokenRound[] | null;
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

/** From quiet rounds at the right load alone where there are any. */
function firstTokenTable(firstToken: AiResults["firstToken"]): string {
  if (!firstToken) return "";
  const quiet = firstToken.filter((round) => isQuiet(round) && isAtLoad(round));
  const rounds = quiet.length > 0 ? quiet : firstToken;
  const less = (path: FirstTokenPath, than: FirstTokenPath, which: "p50" | "p99") => spread(rounds.map((round) => round[path][which] - round[than][which]), 2);
  const of = (path: FirstTokenPath, which: "p50" | "p99") => summary(rounds.map((round) => round[path][which])).median.toFixed(2);
  const of100 = (which: "own" | "others" | "load" | "kept", paths: readonly FirstTokenPath[] = firstTokenPaths) => spread(rounds.flatMap((round) => paths.map((path) => 100 * round[path][which])), 0);
  const which = quiet.length > 0 ? `of the ${quiet.length} of ${firstToken.length} rounds in which other programs took at most 5 % of the core, and Parley 55 to 65` : `in no round of ${firstToken.length} other programs took at most 5 % of the core and Parley 55 to 65, so that these say little`;
  return table(`Time to the first token while ${spread(rounds.map(({ ratePerSecond }) => ratePerSecond), 0)} calls/s (what keeps Parley at 60 % of its core) go through, ms (goal: under 1 added at p99); ${which}`, ["", "p50", "p99"], [
    ["direct", of("direct", "p50"), of("direct", "p99")], ["through nginx, and the calls beside it too", of("nginx", "p50"), of("nginx", "p99")],
    ["through Parley's plain proxy", of("plain", "p50"), of("plain", "p99")], ["through Parley to a model", of("through", "p50"), of("through", "p99")],
    ["added by nginx, within a round", less("nginx", "direct", "p50"), less("nginx", "direct", "p99")], ["added by the plain proxy, within a round", less("plain", "direct", "p50"), less("plain", "direct", "p99")],
    ["added to a model, within a round", less("through", "direct", "p50"), less("through", "direct", "p99")], ["to a model beyond the plain proxy, within a round", less("through", "plain", "p50"), less("through", "plain", "p99")],
    ["% of its core that Parley took while its streams ran; nginx", of100("own", ["plain", "through"]), of100("own", ["nginx"])],
    ["% of that core that other programs took; % of the other that making and answering the load took", of100("others"), of100("load")],
    ["% of the calls due that were answered", of100("kept"), ""],
  ]);
}

function memoryTable({ openStreams, largeRequests }: AiResults): string {
  const rows = [
    ...(openStreams ? [[`${openStreams.streams} open streams`, "≤ 60 KiB each", `${openStreams.kibEach.toFixed(1)} KiB each`]] : []),
    ...largeRequests.map(({ title, requests, bodyMib, peakMib }) => [`a request of ${bodyMib.toFixed(0)} MiB with an image, ${title}, ${requests}`, "no copy for each step", `${peakMib.toFixed(0)} MiB at the highest, ${(peakMib / bodyMib).toFixed(1)} × the body`]),
  ];
  return table("Resident memory of the gateway, added", ["what", "goal", "figure"], rows);
}
