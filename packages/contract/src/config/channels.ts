/** Where alerts are sent. Addresses at Slack and Teams are secrets by themselves: whoever knows one may write there. */
import { z } from "zod";
import { channelKinds, type ChannelKind, kindOf } from "./channel-kinds.ts";

/** With a query, which targets of services never have. */
const hookUrl = z.string().superRefine((text, context) => {
  for (const message of mistakesOf(text)) context.addIssue({ code: "custom", message });
});

/** May be what is shown or stored in its place. */
const secretUrl = z.string().superRefine((text, context) => {
  if (text === "***" || text.startsWith("sealed:v1:")) return;
  for (const message of mistakesOf(text)) context.addIssue({ code: "custom", message });
});

function mistakesOf(text: string): string[] {
  if (!URL.canParse(text)) return ["this is not a URL; write it as https://host/path"];
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return ["it must begin with http:// or https://"];
  return url.username || url.password ? ["credentials do not belong into a URL; use headers or secret"] : [];
}

const address = z.string().regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, "a mail address such as on-call@example.com");

const pagerduty = z.strictObject({
  /** The integration's key (Events API v2). */
  routingKey: z.string().min(1),
  url: hookUrl.default("https://events.pagerduty.com/v2/enqueue"),
});

const email = z.strictObject({
  to: z.array(address).min(1).max(50),
  from: address,
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535).default(587),
  /** `starttls` sends nothing before the connection is encrypted, `tls` is encrypted from the start. */
  security: z.enum(["starttls", "tls", "none"]).default("starttls"),
  user: z.string().optional(),
  password: z.string().optional(),
});
export type EmailChannel = z.output<typeof email>;

export const channel = z
  .strictObject({
    webhook: hookUrl.optional(),
    /** An incoming webhook of Slack, or of what understands its messages (Mattermost, Rocket.Chat, Discord's /slack). */
    slack: secretUrl.optional(),
    /** A workflow's address of Microsoft Teams. */
    teams: secretUrl.optional(),
    pagerduty: pagerduty.optional(),
    email: email.optional(),
    /** Signs what goes to the webhook: HMAC-SHA256. */
    secret: z.string().min(8, "a secret has at least 8 characters").or(z.literal("***")).optional(),
    /** Further header fields of the webhook's requests. */
    headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of a header field"), z.string().regex(/^[^\r\n\0]*$/, "one line")).default({}),
    /** Whether it may be at a private or loopback address. In a configuration file it may without being said. */
    private: z.boolean().optional(),
    /** Whether the end of an alert is told too. */
    resolved: z.boolean().default(true),
  })
  .superRefine((written, context) => {
    const there = channelKinds.filter((kind) => written[kind] !== undefined);
    if (there.length !== 1) context.addIssue({ code: "custom", message: `a channel is one of ${channelKinds.join(", ")}${there.length === 0 ? "" : `; this is ${there.join(" and ")}`}` });
    if (written.secret !== undefined && written.webhook === undefined) context.addIssue({ code: "custom", path: ["secret"], message: "a secret signs what goes to a webhook; other kinds have none" });
  });
export type Channel = z.output<typeof channel>;

/** Whom a channel reaches: the one kind that is written, and what is written of it. */
export type Receiver = { [Kind in ChannelKind]: { kind: Kind; to: NonNullable<Channel[Kind]> } }[ChannelKind];

export function receiverOf(channel: Channel): Receiver {
  const kind = kindOf(channel);
  return { kind, to: channel[kind] } as Receiver;
}
