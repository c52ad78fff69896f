/**
 * Writes the theme's CSS variables into a style sheet at build time. Mantine would otherwise put them into a <style>
 * element at run time, for which the content security policy had to allow inline styles.
 */
import { DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import type { Plugin } from "vite";
import { theme } from "../src/theme/theme.ts";

const name = "virtual:theme-variables.css";

export function themeVariablesPlugin(): Plugin {
  return {
    name: "parley-theme-variables",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? themeStyleSheet() : null),
  };
}

function themeStyleSheet(): string {
  const resolved = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  return [
    block(":root", resolved.variables),
    block(':root[data-mantine-color-scheme="light"]', resolved.light),
    block(':root[data-mantine-color-scheme="dark"]', resolved.dark),
  ].join("\n");
}

function block(selector: string, variables: Record<string, string>): string {
  const lines = Object.entries(variables).map(([variable, value]) => `  ${variable}: ${value};`);
  return `${selector} {\n${lines.join("\n")}\n}`;
}
