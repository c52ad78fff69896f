/** How many calls are on their way in all gateways; null where none answers in time. */
import type { ChannelServer } from "../channel/channel-server.ts";

const withinMs = 400;

export async function inFlightOf(channel: Pick<ChannelServer, "metrics">): Promise<number | null> {
  const answers = await channel.metrics(withinMs);
  if (answers.length === 0) return null;
  const series = answers.flat().filter(({ name }) => name === "parley_calls_in_flight").flatMap((family) => family.series);
  return series.reduce((sum, { value }) => sum + (value ?? 0), 0);
}
