/** A call of this service from here, through the gateway as anybody's: what goes out, and what comes back. */
import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type TryEnd, type TryHead, tryCall } from "../../api/try-call.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { May } from "../../components/may.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { StatusChip } from "../../components/status-chip.tsx";
import { durationText, sizeText } from "../../format/quantities.ts";
import { OperationPicker, type Operation } from "./operation-picker.tsx";
import type { VersionState } from "./timeline.ts";
import { headersOf, withField } from "./try-fields.ts";
import classes from "./service-traffic.module.css";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const withBody = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** A page that draws more of it stands still. */
const mostShown = 200_000;

interface Came {
  head: TryHead;
  text: string;
  end: TryEnd | null;
}

export function TrySection({ name, path, versions }: { name: string; path: string; versions: readonly VersionState[] }) {
  const [method, setMethod] = useState("GET");
  const [place, setPlace] = useState(`${path === "/" ? "" : path}/`);
  const [fields, setFields] = useState("");
  const [body, setBody] = useState("");
  const asking = useMutation({ mutationFn: () => ask({ method, path: place, headers: headersOf(fields), ...(withBody.has(method) && body !== "" ? { body } : {}) }) });
  const fill = ({ method: asked, example }: Operation): void => {
    setMethod(asked);
    setPlace(example.path);
    setFields(example.headers.map(([field, value]) => `${field}: ${value}`).join("\n"));
    setBody(example.body ?? "");
  };
  return (
    <Section title="Try it" hint="This makes a real call as the consumer playground. It appears in the call log.">
      <OperationPicker name={name} versions={versions} onPick={fill} />
      <May do="tryCall">
        {(disabled) => (
          <form
            className={classes["form"]}
            onSubmit={(event) => {
              event.preventDefault();
              asking.mutate();
            }}
          >
            <div className={classes["row"]}>
              <Select label="Method" w={120} data={methods} allowDeselect={false} value={method} onChange={(value) => setMethod(value ?? "GET")} />
              <TextInput className={classes["grow"] ?? ""} label="Path and query" value={place} onChange={({ currentTarget }) => setPlace(currentTarget.value)} />
              <Button type="submit" disabled={disabled} loading={asking.isPending}>Call</Button>
            </div>
            <Textarea label="Header fields" description="One a line, as Name: value. The key is added by itself." autosize minRows={1} maxRows={6} value={fields} onChange={({ currentTarget }) => setFields(currentTarget.value)} />
            {withBody.has(method) ? <Textarea label="Body" description="Sent as JSON unless a Content-Type is among the fields." autosize minRows={3} maxRows={16} spellCheck={false} value={body} onChange={({ currentTarget }) => setBody(currentTarget.value)} /> : null}
          </form>
        )}
      </May>
      {asking.error ? <ProblemNotice error={asking.error} /> : null}
      {asking.data ? <AnswerView came={asking.data} onTag={(tag) => setFields((written) => withField(written, "If-Match", tag))} /> : null}
    </Section>
  );
}

function AnswerView({ came: { head, text, end }, onTag }: { came: Came; onTag: (tag: string) => void }) {
  const tag = head.headers.find(([name]) => name.toLowerCase() === "etag")?.[1];
  return (
    <div className={classes["answer"]}>
      <div className={classes["row"]}>
        <StatusChip status={head.status} />
        <span className={classes["quiet"]}>
          {[`head after ${durationText(head.firstByteMs)}`, end ? `whole after ${durationText(end.durationMs)}, ${sizeText(end.bytes)}` : "it broke off", end?.broken ? `it broke off: ${end.broken}` : "", end?.truncated ? "longer than what is shown" : ""].filter((part) => part !== "").join(", ")}
        </span>
        {head.callId ? <Link to="/calls/$id" params={{ id: head.callId }}>the call</Link> : null}
        {tag === undefined ? null : <Button size="xs" variant="default" onClick={() => onTag(tag)}>Use its ETag as If-Match</Button>}
      </div>
      <CodeBlock text={head.headers.map(([name, value]) => `${name}: ${value}`).join("\n")} what="the answer's header fields" />
      {text === "" ? <p className={classes["quiet"]}>The body is not text.</p> : <CodeBlock text={text.slice(0, mostShown)} what="the answer's body" />}
    </div>
  );
}

async function ask(call: Parameters<typeof tryCall>[0]): Promise<Came> {
  let head: TryHead | null = null;
  let text = "";
  const end = await tryCall(call, { onHead: (came) => (head = came), onText: (piece) => (text += piece) }, AbortSignal.timeout(60_000));
  if (head === null) throw new Error("the control plane ended the answer before its head");
  return { head, text: pretty(text), end };
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
