/** Parameters as JSON. What cannot be read yet stays as it was written, and changes nothing. */
import { Textarea } from "@mantine/core";
import { useState } from "react";
import type { PromptVersion } from "./versions.ts";

export function ParametersField({ value, readOnly, onChange }: { value: PromptVersion["parameters"]; readOnly: boolean; onChange: (parameters: Record<string, unknown>) => void }) {
  const [text, setText] = useState(() => (value && Object.keys(value).length > 0 ? JSON.stringify(value, null, 2) : ""));
  const [fault, setFault] = useState<string | null>(null);
  const type = (typed: string) => {
    setText(typed);
    const read = readObject(typed);
    setFault(typeof read === "string" ? read : null);
    if (typeof read !== "string") onChange(read);
  };
  return <Textarea aria-label="Parameters" placeholder='{ "temperature": 0.2, "max_tokens": 500 }' autosize minRows={2} maxRows={14} spellCheck={false} readOnly={readOnly} value={text} error={fault} onChange={({ currentTarget }) => type(currentTarget.value)} />;
}

/** Or what is wrong with it. */
function readObject(text: string): Record<string, unknown> | string {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : "It has to be an object; the last readable one is kept.";
  } catch (error) {
    return `${(error as Error).message}; the last readable one is kept.`;
  }
}
