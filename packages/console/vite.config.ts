import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { operationListPlugin } from "./build/operation-list-plugin.ts";
import { scalableLengthsPlugin } from "./build/scalable-lengths-plugin.ts";
import { themeVariablesPlugin } from "./build/theme-variables-plugin.ts";

export default defineConfig({
  plugins: [react(), operationListPlugin(), themeVariablesPlugin(), scalableLengthsPlugin()],
  build: {
    target: "es2023",
    // The polyfill would be the only reason for an inline script.
    modulePreload: { polyfill: false },
    // Nothing becomes a data: URL, so that the content security policy needs none.
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/api": process.env["PARLEY_ADMIN_URL"] ?? "http://127.0.0.1:8081" } },
});
