/** The thing as it stands in parley.yaml, to read, copy, and (where the database is the truth) to edit. */
import { Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { CopyButton } from "../components/copy-button.tsx";
import classes from "./editing.module.css";
import { isSame } from "./three-way.ts";
import { parseYaml, placed, yamlOf } from "./yaml-text.ts";

interface YamlViewProps<Spec> {
  spec: Spec;
  /** Where it stands in parley.yaml: what is copied begins there, so that it can be pasted. */
  place: readonly string[];
  onChange: (spec: Spec) => void;
  readOnly: boolean;
  /** Told whether what stands there can be read. */
  onBroken: (broken: boolean) => void;
}

export function YamlView<Spec>({ spec, place, onChange, readOnly, onBroken }: YamlViewProps<Spec>) {
  const inFile = usePlacedYaml(place, spec);
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
      onBroken(false);
      setShown(value);
      onChange(value as Spec);
    } catch (error) {
      onBroken(true);
      setFault(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <div className={classes["yaml"]}>
      <Textarea aria-label="YAML" autosize minRows={10} maxRows={40} spellCheck={false} readOnly={readOnly} value={text} error={fault ? <pre>{fault}</pre> : null} onChange={(event) => void type(event.currentTarget.value)} />
      <div>
        <CopyButton text={inFile} what="the YAML for parley.yaml" label="Copy for parley.yaml" />
      </div>
    </div>
  );
}

function usePlacedYaml(place: readonly string[], spec: unknown): string {
  const [text, setText] = useState("");
  const key = place.join("\0");
  useEffect(() => {
    void yamlOf(placed(key.split("\0"), spec)).then(setText);
  }, [key, spec]);
  return text;
}
