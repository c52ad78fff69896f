/** The thing as it stands in parley.yaml, to read, copy, and (where the database is the truth) to edit. */
import { Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { CopyButton } from "../components/copy-button.tsx";
import classes from "./editing.module.css";
import { isSame } from "./three-way.ts";
import { parseYaml, yamlOf } from "./yaml-text.ts";

interface YamlViewProps<Spec> {
  spec: Spec;
  onChange: (spec: Spec) => void;
  readOnly: boolean;
}

export function YamlView<Spec>({ spec, onChange, readOnly }: YamlViewProps<Spec>) {
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [shown, setShown] = useState<unknown>(undefined);
  useEffect(() => {
    // What was typed here stays as typed; only a change from elsewhere is written anew.
    if (isSame(spec, shown)) return;
    void yamlOf(spec).then((yaml) => {
      setText(yaml);
      setShown(spec);
      setFault(null);
    });
  }, [spec, shown]);

  const type = async (typed: string) => {
    setText(typed);
    try {
      const value = await parseYaml(typed);
      if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("This has to be members and their values.");
      setFault(null);
      setShown(value);
      onChange(value as Spec);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <div className={classes["yaml"]}>
      <Textarea aria-label="YAML" autosize minRows={10} maxRows={40} spellCheck={false} readOnly={readOnly} value={text} error={fault ? <pre>{fault}</pre> : null} onChange={(event) => void type(event.currentTarget.value)} />
      <div>
        <CopyButton text={text} what="the YAML" label="Copy" />
      </div>
    </div>
  );
}
