/** A secret at the one moment when it can be seen. */
import { Button } from "@mantine/core";
import { CodeBlock } from "../../components/code-block.tsx";
import dialog from "../../components/dialog.module.css";

export function SecretOnce({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <div className={dialog["body"]}>
      <p>Copy it now: Parley keeps only a hash, and nobody can show it again.</p>
      <CodeBlock text={secret} what="the key" />
      <div className={dialog["actions"]}>
        <Button onClick={onClose}>I have it</Button>
      </div>
    </div>
  );
}
