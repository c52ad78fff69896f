/** What a channel can be. Whoever treats the kinds apart has a case for each, so that a new one is forgotten nowhere. */
export const channelKinds = ["webhook", "slack", "teams", "pagerduty", "email"] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** The schema holds a channel to exactly one; a draft with none begins as a webhook. */
export function kindOf(written: Readonly<Partial<Record<ChannelKind, unknown>>>): ChannelKind {
  return channelKinds.find((kind) => written[kind] !== undefined) ?? "webhook";
}
