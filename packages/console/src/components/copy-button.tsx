/** Copies text and says so. Where the browser has no clipboard (plain http on another host), the text is selected instead. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { copyText } from "./copy-text.ts";

interface CopyProps {
  text: string;
  /** What is copied, as in "Copy the call's id". */
  what: string;
  /** Shown as a button with a word; otherwise an icon alone. */
  label?: string;
  primary?: boolean;
}

export function CopyButton({ text, what, label, primary = false }: CopyProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void copyText(text).then(setCopied);
  const Icon = copied ? IconCheck : IconCopy;
  if (label) {
    return (
      <Button variant={primary ? "filled" : "default"} leftSection={<Icon size={15} />} onClick={copy} aria-label={`Copy ${what}`}>
        {copied ? "Copied" : label}
      </Button>
    );
  }
  return (
    <Tooltip label={copied ? "Copied" : `Copy ${what}`}>
      <ActionIcon variant="subtle" color="gray" size={24} onClick={copy} aria-label={`Copy ${what}`}>
        <Icon size={15} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
