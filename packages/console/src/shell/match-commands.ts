/** Which commands fit what was typed: every word has to occur; beginnings count for more. */

interface Named {
  title: string;
  group: string;
}

export function matchCommands<Entry extends Named>(commands: readonly Entry[], typed: string, limit: number): Entry[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return commands
    .map((command) => ({ command, score: scoreOf(command, words) }))
    .filter(({ score }) => score > 0)
    .toSorted((left, right) => right.score - left.score)
    .slice(0, limit)
    .map(({ command }) => command);
}

function scoreOf(command: Named, words: readonly string[]): number {
  const title = command.title.toLowerCase();
  let score = 1;
  for (const word of words) {
    if (title.startsWith(word)) score += 4;
    else if (title.includes(` ${word}`) || title.includes(`-${word}`)) score += 3;
    else if (title.includes(word)) score += 2;
    else if (command.group.toLowerCase().startsWith(word)) score += 1;
    else return 0;
  }
  return score;
}
