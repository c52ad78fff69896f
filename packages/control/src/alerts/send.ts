/** Sends one message over one channel, once. Follows no redirect: it would lead where nobody looked. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { lookup } from "node:dns/promises";
import { receiverOf, type Channel, type EmailChannel } from "@parley/contract/config/channels";
import nodemailer from "nodemailer";
import { AddressRefusedError, expectAllowedHost, guardedLookup, refusalOfAddress } from "./allowed-address.ts";
import { summaryOf, textOf, type AlertMessage } from "./message.ts";
import { httpShapeOf, type HttpShape } from "./shapes/http-shape.ts";

export interface Sent {
  delivered: boolean;
  /** Of HTTP; null by mail, and where there was no answer. */
  status: number | null;
  /** What the receiver said, or why there was no answer. */
  detail: string;
}

export interface SendOptions {
  allowPrivate: boolean;
  now: number;
}

const withinMs = 10_000;
const maxAnswerBytes = 2_048;

/** Never rejects: what went wrong is what the receiver, or the way to it, said. */
export async function send(channel: Channel, message: AlertMessage, options: SendOptions): Promise<Sent> {
  try {
    const receiver = receiverOf(channel);
    if (receiver.kind === "email") return await mail(receiver.to, message, options);
    return await post(httpShapeOf(receiver, channel, { message, at: options.now }), options);
  } catch (error) {
    return { delivered: false, status: null, detail: (error as Error).message.slice(0, 500) };
  }
}

function post({ url, headers, body }: HttpShape, { allowPrivate }: SendOptions): Promise<Sent> {
  const target = new URL(url);
  expectAllowedHost(target.hostname, { allowPrivate });
  return new Promise((resolve, reject) => {
    const outgoing = (target.protocol === "https:" ? httpsRequest : httpRequest)(target, {
      method: "POST", headers: { ...headers, "Content-Length": Buffer.byteLength(body) }, lookup: guardedLookup({ allowPrivate }), agent: false, signal: AbortSignal.timeout(withinMs),
    });
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      let text = "";
      const finish = (): void => {
        const status = response.statusCode ?? 0;
        resolve({ delivered: status >= 200 && status < 300, status, detail: text.slice(0, maxAnswerBytes).trim() || `HTTP ${status}` });
      };
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        if (text.length < maxAnswerBytes) text += piece;
        else response.destroy();
      });
      // Its status is known: how the rest of the answer goes changes nothing.
      response.once("error", finish);
      response.once("close", finish);
    });
    outgoing.end(body);
  });
}

async function mail(email: EmailChannel, message: AlertMessage, { allowPrivate }: SendOptions): Promise<Sent> {
  const { address } = await lookup(email.host);
  const refusal = refusalOfAddress(address, { allowPrivate });
  if (refusal !== null) throw new AddressRefusedError(refusal);
  const transport = nodemailer.createTransport({
    host: address, port: email.port, secure: email.security === "tls", requireTLS: email.security === "starttls", ignoreTLS: email.security === "none",
    tls: { servername: email.host }, connectionTimeout: withinMs, greetingTimeout: withinMs, socketTimeout: withinMs, disableFileAccess: true, disableUrlAccess: true,
    ...(email.user === undefined ? {} : { auth: { user: email.user, pass: email.password ?? "" } }),
  });
  try {
    const sent = await transport.sendMail({
      from: email.from, to: email.to, subject: `[Parley] ${summaryOf(message)}`, text: message.alerts.map(textOf).join("\n\n"),
      // The same at every attempt: mail servers and programs drop a second one.
      messageId: `<${message.id}@${email.from.split("@").at(-1)}>`, date: new Date(message.at),
      // RFC 3834: nobody who is away answers it.
      headers: { "Parley-Notification-Id": message.id, "Auto-Submitted": "auto-generated" },
    });
    return { delivered: true, status: null, detail: String(sent.response) };
  } finally {
    transport.close();
  }
}
