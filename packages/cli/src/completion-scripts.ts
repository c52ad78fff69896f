/** Completion of commands and their options, for four shells. Values that are files are left to the shell. */

export interface Verb {
  /** `plan`, or `admin reset`. */
  words: string;
  description: string;
  options: string[];
  /** What its argument can be, where that is known beforehand. */
  values: readonly string[];
}

export const completionScripts = { bash, zsh, fish, powershell } as const;

function topLevel(verbs: readonly Verb[]): Verb[] {
  return verbs.filter((verb) => !verb.words.includes(" "));
}

/** The words that can follow a top-level command: the commands under it, what its argument can be, and its options. */
function following(verbs: readonly Verb[], verb: Verb): string[] {
  const under = verbs.filter((other) => other.words.startsWith(`${verb.words} `));
  return [...new Set([...under.map((other) => other.words.slice(verb.words.length + 1)), ...verb.values, ...verb.options, ...under.flatMap((other) => other.options), "--help"])];
}

function bash(verbs: readonly Verb[]): string {
  const cases = topLevel(verbs).map((verb) => `    ${verb.words}) words="${following(verbs, verb).join(" ")}" ;;`);
  return `# bash completion for parley
_parley() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${topLevel(verbs).map((verb) => verb.words).join(" ")}"
  else case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _parley parley ./parley
`;
}

function zsh(verbs: readonly Verb[]): string {
  const names = topLevel(verbs).map((verb) => `    ${quoted(`${verb.words}:${verb.description.replaceAll(":", "\\:")}`)}`);
  const cases = topLevel(verbs).map((verb) => `    ${verb.words}) compadd -- ${following(verbs, verb).join(" ")}; _files ;;`);
  return `#compdef parley ./parley
_parley() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
  else case "\${words[2]}" in
${cases.join("\n")}
  esac; fi
}
compdef _parley parley ./parley
`;
}

function fish(verbs: readonly Verb[]): string {
  const lines = topLevel(verbs).flatMap((verb) => [
    `complete -c parley -n __fish_use_subcommand -a ${verb.words} -d ${quoted(verb.description)}`,
    ...following(verbs, verb).map((word) =>
      word.startsWith("--")
        ? `complete -c parley -n '__fish_seen_subcommand_from ${verb.words}' -l ${word.slice(2)}`
        : `complete -c parley -n '__fish_seen_subcommand_from ${verb.words}' -a ${word}`,
    ),
  ]);
  return `# fish completion for parley\n${lines.join("\n")}\n`;
}

function powershell(verbs: readonly Verb[]): string {
  const cases = topLevel(verbs).map((verb) => `    ${quoted(verb.words)} { ${following(verbs, verb).map(quoted).join(", ")} }`);
  return `# PowerShell completion for parley
Register-ArgumentCompleter -Native -CommandName parley, ./parley -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $elements = $commandAst.CommandElements
  $isFirst = $elements.Count -lt 2 -or ($elements.Count -eq 2 -and $wordToComplete -ne '')
  $words = if ($isFirst) { ${topLevel(verbs).map((verb) => quoted(verb.words)).join(", ")} } else { switch ($elements[1].ToString()) {
${cases.join("\n")}
  } }
  $words | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}

/** In single quotes, as bash, zsh, fish and PowerShell read them for texts without a quote. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "’")}'`;
}
