/** For tests: a gateway whose one service, under /notes, is at these addresses. */
import type { ServiceSource } from "@parley/contract/config/service";
import { startGateway, type GatewayUnderTest, type TestConfiguration } from "../../main/gateway-under-test.ts";
import { startRawUpstream } from "../../main/upstream-under-test.ts";

export function gatewayTo(urls: string | string[], upstream: Partial<NonNullable<ServiceSource["upstream"]>> = {}, more: TestConfiguration = {}): Promise<GatewayUnderTest> {
  const targets = [urls].flat().map((url) => ({ url }));
  return startGateway({ ...more, services: { notes: { path: "/notes", access: "open", upstream: { targets, ...upstream } } } });
}

/** A port on which nobody listens. */
export async function deadUrl(): Promise<string> {
  const upstream = await startRawUpstream(() => {});
  await upstream.close();
  return upstream.url;
}
