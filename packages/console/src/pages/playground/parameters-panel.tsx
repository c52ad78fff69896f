/** What holds for all lanes: the system's text, temperature, the longest answer, tools; and the request as a program. */
import { Collapse, NumberInput, SegmentedControl, Textarea } from "@mantine/core";
import { useState } from "react";
import { CodeBlock } from "../../components/code-block.tsx";
import { type SnippetLanguage, snippetLanguages, snippetOf } from "../../snippets/http-snippets.ts";
import { type Parameters, requestOf, toolsFault } from "./conversation.ts";
import classes from "./playground.module.css";

const exampleTools = JSON.stringify([{ type: "function", function: { name: "weather", description: "The weather of a city", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } } }], null, 2);

export function ParametersPanel({ opened, parameters, onChange }: { opened: boolean; parameters: Parameters; onChange: (parameters: Parameters) => void }) {
  const set = (changed: Partial<Parameters>) => onChange({ ...parameters, ...changed });
  return (
    <Collapse expanded={opened}>
      <div className={classes["parameters"]}>
        <Textarea className={classes["whole"] ?? ""} label="System" description="Sent to every model before the conversation." autosize minRows={1} maxRows={8} value={parameters.system} onChange={({ currentTarget }) => set({ system: currentTarget.value })} />
        <NumberInput label="Temperature" placeholder="the model's own" min={0} max={2} step={0.1} value={parameters.temperature ?? ""} onChange={(value) => set({ temperature: typeof value === "number" ? value : null })} />
        <NumberInput label="At most" placeholder="no limit" suffix=" tokens" min={1} max={1_000_000} allowDecimal={false} value={parameters.maxTokens ?? ""} onChange={(value) => set({ maxTokens: typeof value === "number" ? value : null })} />
        <Textarea className={classes["whole"] ?? ""} classNames={{ input: classes["mono"] ?? "" }} label="Tools" description="In the format of chat completions. A tool call is shown, and waits for the result that you enter." placeholder={exampleTools} autosize minRows={2} maxRows={14} spellCheck={false} value={parameters.tools} error={toolsFault(parameters.tools)} onChange={({ currentTarget }) => set({ tools: currentTarget.value })} />
      </div>
    </Collapse>
  );
}

export function AsProgram({ url, model, parameters }: { url: string; model: string; parameters: Parameters }) {
  const [language, setLanguage] = useState<SnippetLanguage>("curl");
  const sound = toolsFault(parameters.tools) === null ? parameters : { ...parameters, tools: "" };
  const { stream: _, stream_options: __, ...request } = requestOf(model, [{ role: "user", text: "Hello", images: [] }], sound);
  return (
    <div className={classes["program"]}>
      <SegmentedControl aria-label="Language" data={[...snippetLanguages]} value={language} onChange={(value) => setLanguage(value as SnippetLanguage)} />
      <CodeBlock text={snippetOf(language, { method: "POST", url, key: "variable", body: JSON.stringify(request) })} what={`the request as ${language}`} />
    </div>
  );
}
