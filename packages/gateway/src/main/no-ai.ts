/** Stands in for the AI side where there is none: every AI path is unknown. */
import { problemShape } from "../exchange/problem-shape.ts";
import type { CompileAi } from "../ai/endpoints-contract.ts";

export const compileNoAi: CompileAi = () => ({
  match: () => null,
  refusalBody: ({ path, id }, refusal) => {
    const { status, body } = problemShape.answer({ id, path, baseUrl: "" }, refusal);
    return { status, rawHeaders: ["Content-Type", "application/problem+json"], body };
  },
  report: () => ({ models: [], providers: [], aliases: [] }),
  close: () => {},
});
