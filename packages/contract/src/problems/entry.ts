/** What is known of a problem code, for its page in the docs, `parley explain` and the answer itself. */
export interface ProblemEntry {
  /** HTTP status, or 0 for one that never travels over HTTP (start-up, configuration file). */
  status: number;
  /** Of those that never travel: a command says it, rather than the start. */
  saidBy?: "command";
  title: string;
  /** Why this happens, in a sentence or two. */
  cause: string;
  /** What the reader does about it. */
  fix: string;
  /** A command or a snippet that shows the way out. */
  example?: string;
}
