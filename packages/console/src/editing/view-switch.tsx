import { SegmentedControl } from "@mantine/core";

export type View = "form" | "yaml";

const views = [
  { value: "form", label: "Form" },
  { value: "yaml", label: "YAML" },
];

export function ViewSwitch({ view, disabled, onChange }: { view: View; disabled: boolean; onChange: (view: View) => void }) {
  return <SegmentedControl aria-label="View" disabled={disabled} data={views} value={view} onChange={(value) => onChange(value as View)} />;
}
