/** The theme: one neutral scale, one accent. Colours that mean something are in tokens.css, and nowhere else. */
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = ["#eef3ff", "#dbe5ff", "#b9cdff", "#93b1ff", "#7399fb", "#4d78f0", "#3a66e4", "#2757d6", "#1f49b8", "#183a94"];
const gray: MantineColorsTuple = ["#f7f7f8", "#f1f2f4", "#e4e5e9", "#d3d5db", "#b7bac3", "#8a8f9b", "#646974", "#4b4f59", "#31343b", "#1b1d22"];
const dark: MantineColorsTuple = ["#e8e9ed", "#c4c8d1", "#a6abb7", "#8d929e", "#3a3d46", "#2a2c33", "#202227", "#17181c", "#121316", "#0c0d0f"];
const danger: MantineColorsTuple = ["#fdecea", "#fad5d1", "#f4aaa3", "#ee8076", "#e65f53", "#d9463a", "#c9372c", "#b3261e", "#951d17", "#76140f"];

const small = { defaultProps: { size: "xs" } };

export const theme = createTheme({
  colors: { accent, gray, dark, danger },
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  black: "#1b1d22",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "0.8125rem", sm: "0.875rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  defaultRadius: "sm",
  radius: { xs: "3px", sm: "6px", md: "8px", lg: "12px", xl: "16px" },
  headings: { fontWeight: "600" },
  focusRing: "auto",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: small,
    // What explains a field stands under it, so that the fields of a row stay in line.
    InputWrapper: { defaultProps: { inputWrapperOrder: ["label", "input", "description", "error"] } },
    TextInput: small,
    PasswordInput: small,
    NumberInput: small,
    Select: small,
    MultiSelect: small,
    TagsInput: small,
    Autocomplete: small,
    Textarea: small,
    Switch: small,
    SegmentedControl: small,
    Radio: small,
    Tooltip: { defaultProps: { openDelay: 250, withArrow: false, multiline: true, maw: 320, fz: 12, events: { hover: true, focus: true, touch: true } } },
    // Locking the scroll would inject a <style> element, which the content security policy refuses.
    Modal: { defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 100 }, closeButtonProps: { "aria-label": "Close" } } },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 120 }, closeButtonProps: { "aria-label": "Close" } } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 80 } } },
    Popover: { defaultProps: { shadow: "md", transitionProps: { duration: 80 } } },
  },
});
