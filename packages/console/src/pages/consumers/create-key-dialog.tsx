/** Makes a key and shows its secret, once. */
import { Button, Modal, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import dialog from "../../components/dialog.module.css";
import { PasteDialog, yamlOfRefusal } from "../../editing/paste-dialog.tsx";
import { SecretOnce } from "./secret-once.tsx";

const lifetimes = [
  { value: "", label: "Never" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];
const dayMs = 86_400_000;

export function CreateKeyDialog({ consumer, opened, onClose }: { consumer: string; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={`A key for ${consumer}`} size={520} closeOnClickOutside={false}>
      <CreateKey consumer={consumer} onClose={onClose} />
    </Modal>
  );
}

function CreateKey({ consumer, onClose }: { consumer: string; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("default");
  const [days, setDays] = useState("");
  const creating = useMutation({
    mutationFn: () => call("createKey", { path: { name: consumer }, body: { name, ...(days ? { expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() } : {}) } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: reading("listKeys", { path: { name: consumer } }).queryKey }),
  });
  if (creating.data) return <SecretOnce secret={creating.data.secret} onClose={onClose} />;
  const yaml = yamlOfRefusal(creating.error);
  return (
    <form
      className={dialog["body"]}
      onSubmit={(event) => {
        event.preventDefault();
        creating.mutate();
      }}
    >
      <TextInput label="Name" description="To tell it from others, such as where it is used." data-autofocus required value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Select label="Ends" data={lifetimes} allowDeselect={false} value={days} onChange={(value) => setDays(value ?? "")} />
      {creating.error && !yaml ? <ProblemNotice error={creating.error} /> : null}
      <div className={dialog["actions"]}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={creating.isPending}>
          Create the key
        </Button>
      </div>
      <PasteDialog yaml={yaml} onClose={creating.reset} />
    </form>
  );
}
