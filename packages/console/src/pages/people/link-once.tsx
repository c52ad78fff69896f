/** A person's sign-in link, at the one moment when it can be seen. */
import { Button, Modal } from "@mantine/core";
import { CodeBlock } from "../../components/code-block.tsx";
import dialog from "../../components/dialog.module.css";
import { When } from "../../components/now.tsx";

export interface NewLink {
  name: string;
  url: string;
  expiresAt: string;
}

export function LinkOnce({ link, onClose }: { link: NewLink | null; onClose: () => void }) {
  return (
    <Modal opened={link !== null} onClose={onClose} title={`The sign-in link for ${link?.name ?? ""}`} size={560} closeOnClickOutside={false}>
      <div className={dialog["body"]}>
        <p>Send it to them on a way that you trust. It works once, ends {link ? <When at={link.expiresAt} /> : null}, and is not shown again.</p>
        <CodeBlock text={link?.url ?? ""} what="the link" />
        <div className={dialog["actions"]}>
          <Button onClick={onClose}>I have it</Button>
        </div>
      </div>
    </Modal>
  );
}
