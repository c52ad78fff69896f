/** How should this page behave for me, and what is set for all calls? */
import { Page } from "../../components/page.tsx";
import { AiSettingsSection } from "./ai-settings-section.tsx";
import { BrowserSection } from "./browser-section.tsx";
import { ConfigurationSection } from "./configuration-section.tsx";
import { LoggingSection } from "./logging-section.tsx";
import { PasswordSection } from "./password-section.tsx";

export function SettingsPage() {
  return (
    <Page title="Settings" width="text">
      <BrowserSection />
      <PasswordSection />
      <AiSettingsSection />
      <LoggingSection />
      <ConfigurationSection />
    </Page>
  );
}
