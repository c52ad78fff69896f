/** What a person does about an alert: say that they look after it, or that it shall be quiet for a while. */
import { Button, Group, Menu } from "@mantine/core";
import type { AlertState } from "@parley/contract/api/alerts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { shownProblem } from "../../api/problem-error.ts";
import { Chip } from "../../components/chip.tsx";
import { May } from "../../components/may.tsx";
import { useToast } from "../../components/toast.tsx";
import { absoluteText } from "../../format/moments.ts";

const silences = [
  { minutes: 60, text: "for an hour" },
  { minutes: 8 * 60, text: "for 8 hours" },
  { minutes: 24 * 60, text: "for a day" },
  { minutes: 7 * 24 * 60, text: "for a week" },
];

export function AlertActions({ state }: { state: AlertState }) {
  const { alert: name, acknowledged, silenced } = state;
  const acknowledge = useAct(() => call("acknowledgeAlert", { path: { name } }), `You look after ${name}.`);
  const silence = useAct((minutes: number) => call("silenceAlert", { path: { name }, body: { minutes } }), `${name} is quiet.`);
  const unsilence = useAct(() => call("unsilenceAlert", { path: { name } }), `${name} is heard again.`);
  return (
    <Group gap={8} justify="flex-end">
      {acknowledged ? <Chip meaning="accent" title={absoluteText(acknowledged.at)}>{acknowledged.by} looks after it</Chip> : null}
      {silenced ? <Chip title={silenced.reason}>quiet until {absoluteText(silenced.until)}</Chip> : null}
      {state.state === "firing" && !acknowledged ? (
        <May do="acknowledgeAlert">
          {(disabled) => (
            <Button variant="default" disabled={disabled} loading={acknowledge.isPending} onClick={() => acknowledge.mutate(undefined)}>
              Acknowledge
            </Button>
          )}
        </May>
      ) : null}
      <May do="silenceAlert">
        {(disabled) =>
          silenced ? (
            <Button variant="default" disabled={disabled} loading={unsilence.isPending} onClick={() => unsilence.mutate(undefined)}>
              End the silence
            </Button>
          ) : (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" disabled={disabled} loading={silence.isPending} aria-label={`Silence ${name}`}>
                  Silence
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {silences.map(({ minutes, text }) => (
                  <Menu.Item key={minutes} onClick={() => silence.mutate(minutes)}>
                    {text}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )
        }
      </May>
    </Group>
  );
}

function useAct<Given>(act: (given: Given) => Promise<unknown>, done: string) {
  const client = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: act,
    onSuccess: () => toast(done),
    onError: (error) => toast(`${shownProblem(error).title}: ${shownProblem(error).detail}`),
    onSettled: () => Promise.all(["listAlertStates", "listAlertEvents"].map((name) => client.invalidateQueries({ queryKey: [name] }))),
  });
}
