/**
 * The console begins here: theme, cache, clock, shortcuts, router. Everything it knows comes from the admin API, through
 * api/client.ts, and nothing is made up. Pages are in pages/<page>, what several of them draw in components/, the forms
 * with their three-way merge in editing/, the frame around all in shell/. It imports the contract (types, and the table of
 * problem codes as data) and none of the other packages; zod never reaches the browser, and YAML only when somebody looks at it.
 */
import "@mantine/core/styles.layer.css";
import "virtual:theme-variables.css";
import "./theme/tokens.css";
import "./theme/base.css";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/queries.ts";
import { NowProvider } from "./components/now.tsx";
import { ToastProvider } from "./components/toast.tsx";
import { router } from "./router.tsx";
import { ShortcutProvider } from "./shell/shortcuts.tsx";
import { theme } from "./theme/theme.ts";

const colourSchemes = localStorageColorSchemeManager({ key: "parley-colour-scheme" });

function App() {
  return (
    // The variables are in a style sheet of the build, so that the page needs no inline style element.
    <MantineProvider theme={theme} colorSchemeManager={colourSchemes} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <ToastProvider>
        <NowProvider>
          <ShortcutProvider>
            <RouterProvider router={router} />
          </ShortcutProvider>
        </NowProvider>
      </ToastProvider>
    </MantineProvider>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={createQueryClient()}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
