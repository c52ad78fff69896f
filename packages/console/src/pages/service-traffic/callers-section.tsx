/** Where those who call the service read about it: a page of the gateway's, which asks for what a call asks for. */
import type { ServiceSource } from "@parley/contract/config/service";
import { servicesPath } from "@parley/contract/problems/problem";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { Section } from "../../components/page.tsx";
import classes from "./service-traffic.module.css";

const credentials: Readonly<Record<NonNullable<ServiceSource["access"]>, string>> = { open: "", key: ' -H "Authorization: Bearer $PARLEY_KEY"', jwt: ' -H "Authorization: Bearer $PARLEY_TOKEN"', mtls: " --cert client.pem --key client.key" };

export function CallersSection({ name, access }: { name: string; access: ServiceSource["access"] }) {
  const status = useQuery(reading("getStatus"));
  if (!status.data) return null;
  const address = `${status.data.gatewayPublicUrl}${servicesPath}${name}`;
  return (
    <Section title="Reference for callers" hint="With an OpenAPI document: versions, limits, operations and examples, for everybody who may call the service.">
      {access === "open" ? (
        <p><a href={`${address}/`} target="_blank" rel="noreferrer">What callers read</a></p>
      ) : (
        <>
          <p className={classes["quiet"]}>It needs the same credentials as a call, so its address alone opens nothing in a browser.</p>
          <CodeBlock text={`curl '${address}.md'${credentials[access ?? "key"]}`} what="the command that shows what callers read" />
        </>
      )}
    </Section>
  );
}
