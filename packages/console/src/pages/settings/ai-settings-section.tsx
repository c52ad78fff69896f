/** Where the AI endpoints are mounted. */
import { Section } from "../../components/page.tsx";
import classes from "../../editing/editing.module.css";
import { aiSettingsPort } from "../../editing/entity-port.ts";
import { ChoiceField, TextField } from "../../editing/fields.tsx";
import { SettingEditor } from "./setting-editor.tsx";

const accesses = [
  { value: "key", label: "With a key" },
  { value: "open", label: "Open to everybody" },
];

export function AiSettingsSection() {
  return (
    <Section title="AI endpoints" hint="/v1/chat/completions, /v1/responses, /v1/messages, /v1beta/models and the others are below this path.">
      <SettingEditor
        port={aiSettingsPort}
        write="putAiSettings"
        form={(form) => (
          <div className={classes["fields"]} data-fill>
            <TextField form={form} path={["path"]} label="Path" placeholder="/" />
            <ChoiceField form={form} path={["access"]} label="Access" choices={accesses} fallback="key" />
          </div>
        )}
      />
    </Section>
  );
}
