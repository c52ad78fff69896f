/** What is kept in this browser only. */
import { SegmentedControl, Switch, useMantineColorScheme } from "@mantine/core";
import { Section } from "../../components/page.tsx";
import { colourSchemes } from "../../shell/person-menu.tsx";
import { type ColourScheme, useSingleKeyShortcuts } from "../../shell/preference.ts";

const schemes = colourSchemes.map(({ value, title }) => ({ value, label: title }));

export function BrowserSection() {
  const scheme = useMantineColorScheme({ keepTransitions: true });
  const [shortcuts, setShortcuts] = useSingleKeyShortcuts();
  return (
    <Section title="This browser">
      <div>
        <SegmentedControl aria-label="Colours" data={schemes} value={scheme.colorScheme} onChange={(value) => scheme.setColorScheme(value as ColourScheme)} />
      </div>
      <Switch label="Shortcuts of a single key" description="Such as J and K through a list. Turn them off if you work by speech; Ctrl K stays." checked={shortcuts} onChange={(event) => setShortcuts(event.currentTarget.checked)} />
    </Section>
  );
}
