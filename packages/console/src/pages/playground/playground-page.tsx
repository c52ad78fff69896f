/** How do models answer this, side by side, and what does each answer take? */
import { Button, Skeleton } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconCode, IconEraser, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { reading } from "../../api/queries.ts";
import { Page } from "../../components/page.tsx";
import { Composer } from "./composer.tsx";
import { noParameters, toolsFault } from "./conversation.ts";
import { LaneView } from "./lane-view.tsx";
import { AsProgram, ParametersPanel } from "./parameters-panel.tsx";
import classes from "./playground.module.css";
import { type CallableModels, useCallableModels } from "./use-callable-models.ts";
import { mostLanes, useLanes } from "./use-lanes.ts";

export function PlaygroundPage() {
  const { models, kindOf, loaded } = useCallableModels();
  const status = useQuery(reading("getStatus"));
  const settings = useQuery(reading("getAiSettings"));
  const { models: chosen } = useSearch({ from: "/shell/ai/playground" });
  if (!loaded || settings.isPending || status.isPending) {
    return <Page title="Playground"><Skeleton height={160} /></Page>;
  }
  const first = chosen?.split(",").filter((name) => name !== "").slice(0, mostLanes) ?? [models[0] ?? "sandbox/echo"];
  const path = settings.data?.spec.path ?? "/";
  return <Playground first={first} models={models} kindOf={kindOf} aiPath={path === "/" ? "" : path} gatewayUrl={status.data?.gatewayPublicUrl ?? ""} />;
}

function Playground({ first, models, kindOf, aiPath, gatewayUrl }: { first: readonly string[]; models: readonly string[]; kindOf: CallableModels["kindOf"]; aiPath: string; gatewayUrl: string }) {
  const { lanes, busy, ...act } = useLanes(first, aiPath, kindOf);
  const [parameters, setParameters] = useState(noParameters);
  const [shown, setShown] = useState<"parameters" | "program" | null>(null);
  const fault = toolsFault(parameters.tools);
  const toggle = (what: "parameters" | "program") => setShown(shown === what ? null : what);
  useModelsInAddress(lanes.map(({ model }) => model));
  const actions = (
    <>
      <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={14} />} aria-expanded={shown === "parameters"} onClick={() => toggle("parameters")}>Parameters</Button>
      <Button variant="default" leftSection={<IconCode size={14} />} aria-expanded={shown === "program"} onClick={() => toggle("program")}>Code</Button>
      <Button variant="default" leftSection={<IconEraser size={14} />} disabled={lanes.every(({ entries }) => entries.length === 0)} onClick={act.clear}>Clear</Button>
      <Button variant="default" leftSection={<IconPlus size={14} />} disabled={lanes.length >= mostLanes} onClick={() => act.add(models.find((model) => !lanes.some((lane) => lane.model === model)) ?? "")}>Compare</Button>
    </>
  );
  return (
    <Page title="Playground" actions={actions} width="full">
      <div className={classes["playground"]}>
        <ParametersPanel opened={shown === "parameters"} parameters={parameters} onChange={setParameters} />
        {shown === "program" ? <AsProgram url={`${gatewayUrl}${aiPath}/v1/chat/completions`} model={lanes[0]?.model ?? ""} parameters={parameters} /> : null}
        <div className={classes["lanes"]} data-count={lanes.length}>
          {lanes.map((lane, index) => (
            <LaneView
              key={lane.id} lane={lane} number={index + 1} models={models}
              onModel={(model) => act.setModel(lane.id, model)}
              onRemove={lanes.length > 1 ? () => act.remove(lane.id) : null}
              onResults={(results) => act.giveResults(lane, results, parameters)}
            />
          ))}
        </div>
        <Composer busy={busy} hindrance={fault ? "The tools cannot be sent: see Parameters." : null} onAsk={(question) => act.ask(question, parameters)} onStop={act.stop} />
        <p className={classes["note"]}>Calls go through the gateway as the consumer <code>playground</code>, with a key of your own that ends by itself. They are logged, and they cost what they cost.</p>
      </div>
    </Page>
  );
}

function useModelsInAddress(models: readonly string[]): void {
  const navigate = useNavigate();
  const text = models.join(",");
  useEffect(() => {
    void navigate({ to: "/ai/playground", search: { models: text }, replace: true });
  }, [navigate, text]);
}
