/** The way out for the client, ready to be pasted. */
import { SegmentedControl } from "@mantine/core";
import type { NextStep } from "@parley/contract/conflicts/problem";
import { useState } from "react";
import { CodeBlock } from "../../components/code-block.tsx";
import { Section } from "../../components/page.tsx";

const languages = [
  { value: "curl", label: "curl" },
  { value: "sdk", label: "SDK" },
];

export function NextStepSection({ title, next }: { title: string; next: NextStep }) {
  const [language, setLanguage] = useState<"curl" | "sdk">("curl");
  return (
    <Section title={title} hint={next.what} actions={<SegmentedControl aria-label="As" data={languages} value={language} onChange={(value) => setLanguage(value === "sdk" ? "sdk" : "curl")} />}>
      <CodeBlock text={next[language].replaceAll(" && ", " \\\n  && ")} what={`the next step as ${language}`} />
    </Section>
  );
}
