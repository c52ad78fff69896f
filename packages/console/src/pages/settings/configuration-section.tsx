/** The whole configuration as parley.yaml, and a check of another one before it is used. */
import { Button, Textarea } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { Notice } from "../../components/notice.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "../../editing/editing.module.css";
import { Findings } from "../health/findings.tsx";

export function ConfigurationSection() {
  const [shown, setShown] = useState(false);
  const configuration = useQuery({ ...reading("getConfiguration"), enabled: shown });
  return (
    <>
      <Section title="Everything as parley.yaml" hint="Secrets become variables. Use the file to start another Parley, or with ./parley plan.">
        {shown ? null : (
          <div>
            <Button variant="default" onClick={() => setShown(true)}>
              Show the file
            </Button>
          </div>
        )}
        {configuration.error ? <ProblemNotice error={configuration.error} onRetry={() => void configuration.refetch()} /> : null}
        {configuration.data ? <CodeBlock text={configuration.data.yaml} what="the configuration as YAML" /> : null}
      </Section>
      <CheckFile />
    </>
  );
}

function CheckFile() {
  const [text, setText] = useState("");
  const checking = useMutation({ mutationFn: async (yaml: string) => ({ yaml, ...(await call("checkConfiguration", { body: { yaml } })) }) });
  return (
    <Section title="Check a file" hint="Shows each mistake with its line. Nothing is changed.">
      <div className={classes["yaml"]}>
        <Textarea aria-label="YAML to check" placeholder="services:" autosize minRows={4} maxRows={24} spellCheck={false} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <div>
          <Button variant="default" disabled={text === ""} loading={checking.isPending} onClick={() => checking.mutate(text)}>
            Check
          </Button>
        </div>
        {checking.error ? <ProblemNotice error={checking.error} /> : null}
        {checking.data?.diagnostics.length === 0 ? <Notice meaning="ok" title="The file is valid" /> : null}
        {checking.data ? <Findings findings={checking.data.diagnostics} text={checking.data.yaml} /> : null}
      </div>
    </Section>
  );
}
