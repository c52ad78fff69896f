/** The call as curl, TypeScript or Python. */
import { SegmentedControl } from "@mantine/core";
import type { CallRecord } from "@parley/contract/call-record";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { reading } from "../../api/queries.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { type SnippetLanguage, snippetLanguages, snippetOf } from "../../snippets/http-snippets.ts";
import classes from "./call.module.css";
import { repetitionOf } from "./call-snippets.ts";
import { useKeptBodies } from "./kept-bodies.ts";

export function Repeat({ call }: { call: CallRecord }) {
  const status = useQuery(reading("getStatus"));
  const { request: kept } = useKeptBodies(call.id);
  const [language, setLanguage] = useState<SnippetLanguage>("curl");
  if (!status.data) return null;
  return (
    <section>
      <div className={classes["repeatHead"]}>
        <h2>Make it again</h2>
        <SegmentedControl aria-label="Language" data={[...snippetLanguages]} value={language} onChange={(value) => setLanguage(value as SnippetLanguage)} />
      </div>
      <CodeBlock text={snippetOf(language, repetitionOf(call, status.data.gatewayPublicUrl, kept))} what={`the call as ${language}`} />
      <p className={classes["quiet"]}>
        The key is the variable PARLEY_KEY. The log keeps no query{call.requestBytes > 0 ? (kept ? "; what was redacted of the body is missing" : ", and not this body; put yours in its place") : ""}.
      </p>
    </section>
  );
}
