/** The call as curl, TypeScript or Python. */
import { SegmentedControl, Skeleton } from "@mantine/core";
import type { CallRecord } from "@parley/contract/call-record";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { reading } from "../../api/queries.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { type SnippetLanguage, snippetOf } from "../../snippets/http-snippets.ts";
import { webSocketSnippetOf } from "../../snippets/websocket-snippets.ts";
import classes from "./call.module.css";
import { isWebSocket, languagesOf, repetitionOf } from "./call-snippets.ts";
import { useKeptBodies } from "./kept-bodies.ts";

export function Repeat({ call }: { call: CallRecord }) {
  const status = useQuery(reading("getStatus"));
  const { request: kept } = useKeptBodies(call.id);
  const [language, setLanguage] = useState<SnippetLanguage>("curl");
  if (!status.data) return status.isLoading ? <Skeleton height={160} /> : null;
  const request = repetitionOf(call, status.data.gatewayPublicUrl, kept);
  const text = isWebSocket(call) ? webSocketSnippetOf(language, request) : snippetOf(language, request);
  return (
    <section>
      <div className={classes["repeatHead"]}>
        <h2>Make it again</h2>
        <SegmentedControl aria-label="Language" data={[...languagesOf(call)]} value={language} onChange={(value) => setLanguage(value as SnippetLanguage)} />
      </div>
      <CodeBlock text={text} what={`the call as ${language}`} />
      <p className={classes["quiet"]}>The key is the variable PARLEY_KEY. The log keeps no query{missingText(call, kept !== null)}.</p>
    </section>
  );
}

function missingText(call: CallRecord, isKept: boolean): string {
  if (isWebSocket(call)) return ", and not what went over the connection";
  if (call.requestBytes === 0) return "";
  return isKept ? "; what was redacted of the body is missing" : ", and not this body; put yours in its place";
}
