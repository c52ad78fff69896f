/** Gives a key up for another one, and shows who still comes with the old one. */
import { Button, Modal, Select } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Key } from "@parley/contract/api/entities";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import dialog from "../../components/dialog.module.css";
import { May } from "../../components/may.tsx";
import { When } from "../../components/now.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { SecretOnce } from "./secret-once.tsx";

const graces = [
  { value: "1h", label: "For an hour" },
  { value: "1d", label: "For a day" },
  { value: "7d", label: "For a week" },
  { value: "30d", label: "For 30 days" },
];

export function RotateKey({ consumerKey: key }: { consumerKey: Key }) {
  const [opened, modal] = useDisclosure(false);
  return (
    <>
      <May do="rotateKey">
        {(disabled) => (
          <Button variant="subtle" disabled={disabled} onClick={modal.open} aria-label={key.replacedBy ? `Who still uses the key ${key.name}` : `Rotate the key ${key.name}`}>
            {key.replacedBy ? "Who uses it" : "Rotate"}
          </Button>
        )}
      </May>
      <Modal opened={opened} onClose={modal.close} title={key.replacedBy ? `Who still uses ${key.name}?` : `A key in the place of ${key.name}`} size={520} closeOnClickOutside={false}>
        {key.replacedBy ? <Users of={key} /> : <Rotate of={key} onClose={modal.close} />}
      </Modal>
    </>
  );
}

function Rotate({ of: key, onClose }: { of: Key; onClose: () => void }) {
  const client = useQueryClient();
  const [grace, setGrace] = useState("7d");
  const rotating = useMutation({
    mutationFn: () => call("rotateKey", { path: { name: key.consumer, id: key.id }, body: { grace } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: reading("listKeys", { path: { name: key.consumer } }).queryKey }),
  });
  if (rotating.data) return <SecretOnce secret={rotating.data.secret} onClose={onClose} />;
  return (
    <form
      className={dialog["body"]}
      onSubmit={(event) => {
        event.preventDefault();
        rotating.mutate();
      }}
    >
      <Users of={key} />
      <Select label="Keep the old key for" description="Both keys work until then. The new one has the same limits and scopes." data={graces} allowDeselect={false} value={grace} onChange={(value) => setGrace(value ?? "7d")} />
      {rotating.error ? <ProblemNotice error={rotating.error} /> : null}
      <div className={dialog["actions"]}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={rotating.isPending}>
          Make the new key
        </Button>
      </div>
    </form>
  );
}

function Users({ of: key }: { of: Key }) {
  const use = useQuery(reading("getKeyUse", { path: { name: key.consumer, id: key.id }, query: { within: "7d" } }));
  if (use.error) return <ProblemNotice error={use.error} onRetry={() => void use.refetch()} />;
  if (!use.data) return <p>Searching the calls of the last week…</p>;
  const { calls, addresses, userAgents } = use.data;
  if (calls === 0) return <p>No call in the last seven days used it.</p>;
  return (
    <>
      <p>
        {calls} calls of the last seven days came with it, the last one {use.data.key.lastUsedAt ? <When at={use.data.key.lastUsedAt} /> : "a while ago"}.
      </p>
      <Counted title="From" values={addresses} />
      <Counted title="By" values={userAgents} />
    </>
  );
}

function Counted({ title, values }: { title: string; values: readonly { value: string; calls: number }[] }) {
  if (values.length === 0) return null;
  return (
    <p>
      {title} {values.slice(0, 5).map(({ value, calls }, index) => <span key={value}>{index === 0 ? "" : ", "}<code>{value}</code> ({calls})</span>)}
      {values.length > 5 ? " and others" : ""}
    </p>
  );
}
