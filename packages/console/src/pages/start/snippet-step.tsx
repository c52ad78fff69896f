/** Step 3: the call, ready to paste. */
import { SegmentedControl, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { reading } from "../../api/queries.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { type SnippetLanguage, snippetLanguages, snippetOf } from "../../snippets/http-snippets.ts";
import { useKnownModels } from "../models/use-known-models.ts";
import classes from "./start.module.css";
import { Step } from "./step.tsx";

export function SnippetStep({ secret, done }: { secret: string | null; done: boolean }) {
  const [language, setLanguage] = useState<SnippetLanguage>("curl");
  const [chosen, setChosen] = useState<string | null>(null);
  const models = useModelChoices();
  const baseUrl = useAiBaseUrl();
  const model = chosen ?? models.find((name) => name.startsWith("sandbox/")) ?? models[0] ?? "sandbox/echo";
  const body = `{"model": ${JSON.stringify(model)}, "messages": [{"role": "user", "content": "Hello, Parley"}]}`;
  const text = snippetOf(language, { method: "POST", url: `${baseUrl}/chat/completions`, key: secret === null ? "variable" : { text: secret }, body });
  return (
    <Step number={3} title="Make the call" done={done}>
      <div className={classes["row"]}>
        <SegmentedControl aria-label="Language" data={[...snippetLanguages]} value={language} onChange={(value) => setLanguage(value as SnippetLanguage)} />
        {models.length > 1 ? <Select aria-label="Model" searchable allowDeselect={false} data={models} value={model} onChange={setChosen} /> : null}
      </div>
      <CodeBlock text={text} what={`the call as ${language}`} />
      <p className={classes["quiet"]}>
        {secret === null ? "PARLEY_KEY is the key of a consumer; make one above and it stands here. " : ""}
        Any OpenAI SDK works too: its base URL is <code>{baseUrl}</code>.
      </p>
    </Step>
  );
}

function useModelChoices(): string[] {
  const aliases = useQuery(reading("listModels"));
  return [...new Set([...(aliases.data?.items ?? []).map((alias) => alias.name), ...useKnownModels()])];
}

function useAiBaseUrl(): string {
  const status = useQuery(reading("getStatus"));
  const settings = useQuery(reading("getAiSettings"));
  const path = settings.data?.spec.path ?? "/";
  return `${status.data?.gatewayPublicUrl ?? ""}${path === "/" ? "" : path}/v1`;
}
