/** The prompt called as applications call it, with values written here, and the same call as a program. */
import { Button, Select, Textarea } from "@mantine/core";
import type { PromptSource } from "@parley/contract/config/prompt";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ProblemError } from "../../api/problem-error.ts";
import { reading } from "../../api/queries.ts";
import { type TryHead, tryCall } from "../../api/try-call.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { May } from "../../components/may.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import editing from "../../editing/editing.module.css";
import { Markdown } from "../../markdown/markdown.tsx";
import { snippetOf } from "../../snippets/http-snippets.ts";
import { problemOfBody } from "../playground/chat-stream.ts";
import { defaultVersion, valuesOf } from "./versions.ts";

interface Came {
  output: string;
  model: string;
  callId: string | null;
}

export function TryPrompt({ name, spec }: { name: string; spec: PromptSource }) {
  const status = useQuery(reading("getStatus"));
  const settings = useQuery(reading("getAiSettings"));
  const [chosen, setChosen] = useState(() => defaultVersion(spec));
  const [written, setWritten] = useState<Readonly<Record<string, string>>>({});
  const version = spec.versions[chosen];
  const mount = settings.data?.spec.path ?? "/";
  const path = `${mount === "/" ? "" : mount}/prompts/${name}/${chosen}`;
  const body = JSON.stringify({ variables: version ? valuesOf(version, written) : {} });
  const asking = useMutation({ mutationFn: () => ask(path, body) });
  if (!version) return null;
  return (
    <Section title="Try it" hint="Calls the saved prompt through the gateway, as the consumer playground.">
      <May do="tryCall">
        {(disabled) => (
          <form className={editing["rows"]} onSubmit={(event) => { event.preventDefault(); asking.mutate(); }}>
            <Select label="Version" w={160} data={Object.keys(spec.versions)} allowDeselect={false} value={chosen} onChange={(value) => setChosen(value ?? chosen)} />
            {Object.entries(version.variables ?? {}).map(([variable, { default: usual, description, enum: values }]) => (
              <Textarea key={variable} w="100%" label={variable} description={[description, values ? `One of ${values.join(", ")}.` : ""].filter(Boolean).join(" ")} placeholder={usual === undefined ? "" : String(usual)} autosize minRows={1} maxRows={8} value={written[variable] ?? ""} onChange={({ currentTarget }) => setWritten({ ...written, [variable]: currentTarget.value })} />
            ))}
            <Button type="submit" disabled={disabled} loading={asking.isPending}>Call {name}</Button>
          </form>
        )}
      </May>
      {asking.error ? <ProblemNotice error={asking.error} /> : null}
      {asking.data ? (
        <div>
          <Markdown text={asking.data.output} />
          <p>{asking.data.model} {asking.data.callId ? <Link to="/calls/$id" params={{ id: asking.data.callId }}>the call</Link> : null}</p>
        </div>
      ) : null}
      {status.data ? <CodeBlock text={snippetOf("curl", { method: "POST", url: `${status.data.gatewayPublicUrl}${path}`, key: "variable", body })} what="the call as curl" /> : null}
    </Section>
  );
}

async function ask(path: string, body: string): Promise<Came> {
  let head: TryHead | null = null;
  let text = "";
  await tryCall({ method: "POST", path, headers: { "content-type": "application/json" }, body }, { onHead: (came) => (head = came), onText: (piece) => (text += piece) }, AbortSignal.timeout(120_000));
  const { status, callId } = (head ?? { status: 0, callId: null }) as Pick<TryHead, "status" | "callId">;
  if (status !== 200) throw new ProblemError(problemOfBody(text, status));
  const answer = JSON.parse(text) as { output?: unknown; model?: string };
  return { output: typeof answer.output === "string" ? answer.output : `\`\`\`json\n${JSON.stringify(answer.output, null, 2)}\n\`\`\``, model: answer.model ?? "", callId };
}
