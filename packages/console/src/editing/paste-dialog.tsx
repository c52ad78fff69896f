/** Where the file is the truth: the YAML to put into it, instead of a save. */
import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../api/queries.ts";
import { isProblem } from "../api/problem-error.ts";
import { CodeBlock } from "../components/code-block.tsx";
import classes from "./editing.module.css";

/** The YAML that a refused write came with, or null. */
export function yamlOfRefusal(error: unknown): string | null {
  if (!isProblem(error, "read-only-configuration")) return null;
  const yaml = error.problem.members["yaml"];
  return typeof yaml === "string" ? yaml : null;
}

export function PasteDialog({ yaml, onClose }: { yaml: string | null; onClose: () => void }) {
  const status = useQuery(reading("getStatus"));
  return (
    <Modal opened={yaml !== null} onClose={onClose} size={680} title="Put this into the configuration file">
      <div className={classes["decision"]}>
        <p>
          Parley runs from <code>{status.data?.file ?? "its configuration file"}</code>. Put this there; it takes effect as soon as the file is saved.
        </p>
        <CodeBlock text={yaml ?? ""} what="the YAML" />
      </div>
    </Modal>
  );
}
