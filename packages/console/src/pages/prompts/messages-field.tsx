/** The texts of a version, in their order. */
import { ActionIcon, Button, Select, Textarea } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import classes from "../../editing/editing.module.css";
import { pointerTo } from "../../format/json-pointer.ts";
import type { VersionFieldProps } from "./version-field-props.ts";
import type { PromptVersion } from "./versions.ts";

type Message = PromptVersion["messages"][number];

const roles = ["system", "user", "assistant"] as const;

export function MessagesField({ version, faults, place, readOnly, onChange }: VersionFieldProps) {
  const { messages } = version;
  const change = (changed: Message[]) => onChange({ ...version, messages: changed });
  return (
    <div className={classes["rows"]}>
      {messages.map((message, index) => (
        <div key={index} className={classes["row"]}>
          <Select aria-label={`Who says text ${index + 1}`} w={116} data={[...roles]} allowDeselect={false} readOnly={readOnly} value={message.role} onChange={(role) => change(messages.with(index, { ...message, role: roles.find((each) => each === role) ?? "user" }))} />
          <Textarea className={classes["grow"] ?? ""} aria-label={`Text ${index + 1}`} autosize minRows={2} maxRows={20} readOnly={readOnly} value={message.content} error={faults.get(pointerTo(...place, "messages", index, "content")) ?? null} onChange={({ currentTarget }) => change(messages.with(index, { ...message, content: currentTarget.value }))} />
          {readOnly || messages.length === 1 ? null : (
            <ActionIcon variant="subtle" color="gray" size={30} aria-label={`Remove text ${index + 1}`} onClick={() => change(messages.toSpliced(index, 1))}><IconX size={15} /></ActionIcon>
          )}
        </div>
      ))}
      {readOnly ? null : <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => change([...messages, { role: "user", content: "" }])}>Add a text</Button>}
    </div>
  );
}
