/** A provider as a form: what it speaks, its key, where it is. */
import { Skeleton } from "@mantine/core";
import type { ProviderSource } from "@parley/contract/config/ai";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { Section } from "../../components/page.tsx";
import classes from "../../editing/editing.module.css";
import { ChoiceField, TextField, WordsField } from "../../editing/fields.tsx";
import type { FormProps } from "../../editing/form-props.ts";
import { SecretField } from "../../editing/secret-field.tsx";

export function ProviderForm({ form, name }: { form: FormProps<ProviderSource>; name: string | null }) {
  const catalogue = useQuery(reading("listKnownProviders"));
  const kinds = catalogue.data?.items ?? [];
  const kind = form.spec.kind ?? name ?? "openai";
  const known = kinds.find((entry) => entry.name === kind);
  // What there is to fill in depends on the kind, and the catalogue knows what that takes.
  if (catalogue.isLoading) return <Skeleton height={180} />;
  const takesKey = known ? known.keyVariable !== null || known.name === "openai-compatible" : true;
  return (
    <>
      <Section title="Account">
        <div className={classes["fields"]}>
          <ChoiceField form={form} path={["kind"]} label="Kind" description="What it speaks." choices={kinds.map((entry) => ({ value: entry.name, label: entry.title }))} fallback={kind} />
          {takesKey ? <SecretField form={form} path={["apiKey"]} label="API key" description={known?.keyVariable ? `Kept encrypted. The variable ${known.keyVariable} would do as well.` : "Kept encrypted. Leave it empty if the server asks for none."} /> : null}
          {known?.settings.map((setting) => {
            const description = [setting.secret ? "Kept encrypted." : "", setting.variable ? `The variable ${setting.variable} would do as well.` : ""].join(" ").trim();
            return setting.secret ? (
              <SecretField key={setting.name} form={form} path={[setting.name]} label={setting.title} description={description} />
            ) : (
              <TextField key={setting.name} form={form} path={[setting.name]} label={setting.title} description={description} placeholder={setting.usual ?? ""} required={setting.required && !form.spec.baseUrl} />
            );
          })}
          {known?.name === "sandbox" ? null : (
            <TextField form={form} path={["baseUrl"]} label="Base URL" description={baseUrlHint(kind)} placeholder={known?.baseUrl ?? "http://127.0.0.1:8000/v1"} required={known?.needsBaseUrl ?? false} />
          )}
        </div>
      </Section>
      <Section title="Models" hint="The models that it serves. Left empty: the known models of its kind. provider/model always works.">
        <WordsField form={form} path={["models"]} label="Models" placeholder={known?.models.slice(0, 3).join(", ") ?? ""} suggestions={known?.models ?? []} />
      </Section>
      <Section title="Timeouts">
        <div className={classes["fields"]}>
          <TextField form={form} path={["timeouts", "connect"]} label="Connect" placeholder="5s" />
          <TextField form={form} path={["timeouts", "firstByte"]} label="First byte" placeholder="120s" />
          <TextField form={form} path={["timeouts", "idle"]} label="Idle" placeholder="60s" />
        </div>
      </Section>
    </>
  );
}

function baseUrlHint(kind: string): string {
  if (kind === "azure-openai") return "Of the resource, such as https://my-resource.openai.azure.com.";
  return ["anthropic", "gemini", "ollama", "cohere", "bedrock", "vertex"].includes(kind) ? "The host's root." : "What comes before /chat/completions; it usually ends in /v1.";
}
