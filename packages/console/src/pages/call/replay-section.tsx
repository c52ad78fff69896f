/** Makes the call again through the gateway, changed as one likes, and lays the answer beside the first one. */
import { Button, Select, Textarea, TextInput } from "@mantine/core";
import type { CallRecord } from "@parley/contract/call-record";
import { IconRepeat } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { reading } from "../../api/queries.ts";
import { tryCall } from "../../api/try-call.ts";
import { May } from "../../components/may.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "./call.module.css";
import { useKeptBodies } from "./kept-bodies.ts";
import { draftOf, isSafe, pathUnder, type ReplayDraft, requestOf } from "./replay-request.ts";
import { type Replayed, ReplayResult } from "./replay-result.tsx";

const longestShown = 200_000;
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export function ReplaySection({ call }: { call: CallRecord }) {
  const [opened, setOpened] = useState(false);
  if (call.kind === "websocket") return null;
  return (
    <section>
      <div className={classes["repeatHead"]}>
        <h2>Replay</h2>
        {opened ? null : (
          <May do="tryCall">
            {(disabled) => (
              <Button variant="default" leftSection={<IconRepeat size={15} stroke={1.6} />} disabled={disabled} onClick={() => setOpened(true)}>
                Edit and replay
              </Button>
            )}
          </May>
        )}
      </div>
      {opened ? <ReplayForm call={call} /> : <p className={classes["quiet"]}>Sends it through the gateway again as the consumer playground, with your own key, changed as you like; or to another server.</p>}
    </section>
  );
}

function ReplayForm({ call }: { call: CallRecord }) {
  const kept = useKeptBodies(call.id);
  const [draft, setDraft] = useState<ReplayDraft>(() => draftOf(call, kept.request));
  const [asked, setAsked] = useState(false);
  const [target, setTarget] = useState("");
  const used = useRef(new Set<string>());
  const { replayed, isBusy, send } = useReplay();
  const request = requestOf(draft, used.current);
  const fault = (place: "path" | "headers" | "idempotencyKey") => (asked && !request.ok && request.place === place ? request.message : null);
  const change = (part: Partial<ReplayDraft>) => setDraft({ ...draft, ...part });
  const submit = () => {
    setAsked(true);
    if (!request.ok) return;
    if (draft.idempotencyKey !== "") used.current.add(draft.idempotencyKey.trim());
    setAsked(false);
    send(target.trim() === "" ? request.call : { ...request.call, target: target.trim() });
  };
  return (
    <form className={classes["replay"]} noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <div className={classes["replayLine"]}>
        <Select aria-label="Method" data={methods.includes(draft.method) ? methods : [...methods, draft.method]} allowDeselect={false} value={draft.method} onChange={(method) => change({ method: method ?? "GET" })} />
        <TextInput aria-label="Path and query" value={draft.path} error={fault("path")} onChange={(event) => change({ path: event.currentTarget.value })} />
        <TargetSelect call={call} onPath={(path) => change({ path })} path={draft.path} />
      </div>
      <TextInput
        label="Another server" description="Leave empty for this gateway. Otherwise a public origin, with the path as that server has it; none of Parley's credentials are sent." placeholder="https://staging.example.com"
        value={target} onChange={(event) => setTarget(event.currentTarget.value)}
      />
      <Textarea label="Header fields" autosize minRows={1} maxRows={8} placeholder="Accept: application/json" value={draft.headers} error={fault("headers")} onChange={(event) => change({ headers: event.currentTarget.value })} />
      {isSafe(draft.method) ? null : (
        <>
          <Textarea label="Body" description={kept.request ? "As it was stored: fill in again what was redacted." : undefined} autosize minRows={2} maxRows={16} value={draft.body} onChange={(event) => change({ body: event.currentTarget.value })} />
          <div className={classes["replayKey"]}>
            <TextInput label="Idempotency key" description="To repeat a call that may change something, use a new one." value={draft.idempotencyKey} error={fault("idempotencyKey")} onChange={(event) => change({ idempotencyKey: event.currentTarget.value })} />
            <Button variant="default" onClick={() => change({ idempotencyKey: newKey() })}>
              New key
            </Button>
          </div>
        </>
      )}
      <div>
        <Button type="submit" loading={isBusy} leftSection={<IconRepeat size={15} stroke={1.6} />}>
          Send
        </Button>
      </div>
      {replayed?.error ? <ProblemNotice error={replayed.error} /> : null}
      {replayed?.head ? <ReplayResult call={call} replayed={replayed} firstBody={kept.response?.text ?? null} /> : null}
    </form>
  );
}

function TargetSelect({ call, path, onPath }: { call: CallRecord; path: string; onPath: (path: string) => void }) {
  const services = useQuery(reading("listServices"));
  const items = (services.data?.items ?? []).flatMap(({ name, spec }) => (typeof spec.path === "string" ? [{ name, path: spec.path }] : []));
  const [chosen, setChosen] = useState(call.service);
  if (call.kind === "ai" || items.length < 2) return null;
  const choose = (name: string | null) => {
    const to = items.find((one) => one.name === name);
    if (!to) return;
    onPath(pathUnder(path, items.find((one) => one.name === chosen)?.path, to.path));
    setChosen(to.name);
  };
  return <Select aria-label="Service" data={items.map(({ name }) => name)} allowDeselect={false} value={chosen} onChange={choose} />;
}

/** crypto.randomUUID is missing where the page came over plain http from another host. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function useReplay() {
  const [replayed, setReplayed] = useState<Replayed | null>(null);
  const [isBusy, setBusy] = useState(false);
  const send = (call: Parameters<typeof tryCall>[0]) => {
    const result: Replayed = { head: null, body: "", end: null, error: null };
    const show = () => setReplayed({ ...result });
    setBusy(true);
    setReplayed(null);
    tryCall(call, {
      onHead: (head) => { result.head = head; show(); },
      onText: (text) => { if (result.body.length < longestShown) result.body += text; },
      onBytes: () => { result.body = "(not text)"; },
    }, new AbortController().signal)
      .then((end) => { result.end = end; }, (error: unknown) => { result.error = error; })
      .finally(() => { show(); setBusy(false); });
  };
  return { replayed, isBusy, send };
}
