/** What is logged of calls, and for how long. */
import { Section } from "../../components/page.tsx";
import classes from "../../editing/editing.module.css";
import { loggingPort } from "../../editing/entity-port.ts";
import { ChoiceField, TextField, WordsField } from "../../editing/fields.tsx";
import { SettingEditor } from "./setting-editor.tsx";

const bodies = [
  { value: "none", label: "No bodies" },
  { value: "conflicts", label: "Bodies of conflicts" },
  { value: "all", label: "All bodies" },
];

export function LoggingSection() {
  return (
    <Section title="Call log">
      <SettingEditor
        port={loggingPort}
        write="putLogging"
        form={(form) => (
          <div className={classes["fields"]} data-fill>
            <TextField form={form} path={["retain"]} label="Kept for" placeholder="30d" />
            <ChoiceField form={form} path={["bodies"]} label="Bodies" choices={bodies} fallback="conflicts" />
            <WordsField form={form} path={["redact"]} label="Redacted members" description="JSON pointers into bodies." placeholder="/card/number" suggestions={[]} />
          </div>
        )}
      />
    </Section>
  );
}
