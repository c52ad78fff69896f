/**
 * Hot path (benchmarks: http, streaming). One client's connection, which carries one call at a time: what is pipelined waits,
 * unread past a bound, until the answer before has gone out. It goes on being read while a call is in flight, because
 * only a read tells that the client has gone.
 */
import type { Socket } from "node:net";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Deadlined } from "../../exchange/deadlines.ts";
import type { Connection } from "../connection.ts";
import { makeReadable, resetConnection } from "./accepted-socket.ts";
import { writePieces } from "./answer-pieces.ts";
import { answerHead, framed, interimText } from "./answer-text.ts";
import type { AnswerWriter } from "./answer-writer.ts";
import type { ConnectionHost } from "./connection-host.ts";
import type { InboundBody } from "./inbound-body.ts";
import { lateHead } from "./request-faults.ts";
import type { InboundHead } from "./request-head.ts";
import { type IntakeEvents, RequestIntake } from "./request-intake.ts";
import { TimeLimits } from "./time-limits.ts";

/**
 * So much of a client that still sends is heard, for nothing: closing at once would make its kernel throw the answer away
 * together with the connection (RFC 9112 §9.6).
 */
const lingerBytes = 64 * 1024 * 1024;

export class InboundConnection implements Deadlined, IntakeEvents {
  place = -1;
  deadlineMs = Infinity;
  readonly about: Connection;
  /** Under way; null between requests. */
  answer: AnswerWriter | null = null;
  readonly host: ConnectionHost;
  readonly #times: TimeLimits;
  readonly #intake: RequestIntake;
  #socket: Socket | null = null;
  /** `broken`: nothing more can be read. `ending`: what was written goes out, and that is all. `away`: no longer HTTP/1.1. */
  #phase: "open" | "broken" | "ending" | "away" = "open";
  /** Nothing has come yet. */
  #silent = true;
  #lingerBytes = lingerBytes;

  constructor(host: ConnectionHost, about: Connection) {
    this.host = host;
    this.about = about;
    // Those in force when it is opened.
    const limits = host.limits();
    this.#times = new TimeLimits(host.deadlines, limits);
    this.#intake = new RequestIntake(this, { names: host.names, headerBytes: limits.headerBytes });
    this.touch();
  }

  get socket(): Socket {
    return this.#socket as Socket;
  }

  /** Its bytes go to `onRead` from now on. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on("drain", this.#onDrain);
    socket.on("end", this.#onEnd);
    // 'close' follows, and says all that there is to say.
    socket.on("error", ignore);
    socket.on("close", this.#onClose);
  }

  /** The bytes are only good until it returns; false pauses the socket. */
  onRead = (bytes: Buffer): boolean => {
    if (this.#phase === "away") return this.socket.push(Buffer.from(bytes));
    if (this.#phase !== "open") return this.#drop(bytes.length);
    this.#silent = false;
    this.touch();
    const flows = this.#intake.take(bytes);
    if (this.#intake.isInHead) this.#times.headBegan();
    return flows;
  };

  begun(head: InboundHead, body: InboundBody | null): void {
    this.#times.headEnded();
    if (body !== null) this.#times.bodyBegan();
    this.host.begin(this, head, body);
  }

  isAnswered(): boolean {
    return this.answer === null;
  }

  broken(refusal: Refusal): void {
    this.#phase = "broken";
    const { call } = this.about;
    if (call === null) this.host.refused(this, refusal);
    else call.breakOff(refusal);
  }

  preface(): void {
    const { socket } = this;
    this.#leave();
    // Half a connection is of no use to HTTP/2.
    socket.once("end", () => socket.destroy());
    this.host.preface(this, socket);
  }

  askForBody(): void {
    if (this.answer?.isOpen === true) this.write("HTTP/1.1 100 Continue\r\n\r\n");
  }

  readOn(): void {
    this.touch();
    this.#socket?.resume();
  }

  write(text: string): void {
    if (this.#phase === "away") return;
    this.socket.write(text, "latin1");
    this.touch();
  }

  /** Calls back once all that was written is the kernel's; never where the connection goes before. */
  whenSent(callback: () => void): void {
    const { socket } = this;
    if (socket.writableLength === 0) return socket.destroyed ? undefined : callback();
    socket.write("", (error) => {
      if (!error) callback();
    });
  }

  /** Whether an answer that begins now leaves the connection for another request; `isWhole` where nothing of it follows later. */
  keepsAlive(isWhole: boolean): boolean {
    const request = this.#intake.current;
    if (this.#phase !== "open" || request?.keepAlive !== true || request.mayUpgrade || this.host.isDraining()) return false;
    return !this.#intake.leavesBody(isWhole);
  }

  /** The answer is out to its last byte. */
  answered(keepAlive: boolean): void {
    this.answer = null;
    this.#times.bodyEnded();
    if (this.#phase === "ending" || this.#phase === "away") return;
    if (keepAlive && !this.host.isDraining()) {
      this.#intake.next();
      if (this.#intake.isInHead) this.#times.headBegan();
    } else if (this.#intake.isClean) this.endSoon();
    else this.#lingerOn();
  }

  /** Answers what is no request, and ends the connection. */
  refuse(status: number, rawHeaders: readonly string[], body: Buffer): void {
    const head = answerHead(status, { statusText: "", rawHeaders, date: this.host.date.now() });
    const { text } = framed(head, { request: { isHttp10: false }, keepAlive: false, wholeLength: body.length });
    writePieces(this.socket, this.host.turn.out, { before: text, body: [body], bodyBytes: body.length, isChunked: false, trailers: null });
    this.#lingerOn();
  }

  endSoon(): void {
    if (this.#phase === "ending") return;
    this.#stop();
    this.socket.destroySoon();
  }

  /** So that nobody takes what came for the whole. */
  reset(): void {
    this.#stop();
    resetConnection(this.socket, this.about.peer.secure === true);
  }

  /** Ends it now, if nothing is under way on it. */
  endIfIdle(): void {
    if (this.answer === null && this.#intake.isBetween) this.endSoon();
  }

  /** Says 101 and takes the connection out of HTTP, for good: whoever has the socket has it alone. */
  switchProtocols(rawHeaders: readonly string[]): Socket {
    const { answer, socket } = this;
    socket.write(interimText(101, rawHeaders), "latin1");
    this.#leave();
    answer?.gone();
    return socket;
  }

  /** Something was read or written. */
  touch(): void {
    if (this.#phase !== "ending") this.deadlineMs = this.#times.fromNow();
  }

  onDeadline(): void {
    if (this.#phase === "open" && this.#times.isHeadLate) {
      if (this.#silent) return void this.socket.destroy();
      this.#times.headEnded();
      this.#intake.stop();
      return this.broken(lateHead);
    }
    const { call } = this.about;
    const slow = this.#phase === "open" && call !== null ? this.#times.bodyIsSlow(call.exchange.body) : null;
    if (slow !== null) call?.breakOff(slow);
    else if (this.#times.isIdle || this.#phase === "ending") {
      this.#idled();
      this.touch();
    } else this.deadlineMs = this.#times.next;
  }

  /** Who is waited for: the client's body, the client's reading, or, with limits of its own, the upstream. */
  #idled(): void {
    const { call } = this.about;
    if (this.#phase === "open" && call !== null && call.exchange.body.isAwaited) return call.breakOff(silentBody);
    if (this.#phase === "open" && this.answer === null) return this.endSoon();
    if (this.#times.isStuck(this.socket) || this.#phase === "ending") this.socket.destroy();
  }

  #drop(bytes: number): boolean {
    this.#lingerBytes -= bytes;
    if (this.#lingerBytes < 0) this.socket.destroy();
    return true;
  }

  #lingerOn(): void {
    this.#stop();
    this.deadlineMs = this.#times.lingering();
    this.socket.end();
    this.socket.resume();
  }

  #stop(): void {
    this.#phase = "ending";
    // What a body had to bring is nobody's any more; what is left has as long to go out as before.
    this.deadlineMs = this.#times.idleByMs;
    this.#intake.stop();
  }

  #leave(): void {
    const { socket } = this;
    this.#phase = "away";
    this.#intake.stop();
    this.answer = null;
    socket.off("drain", this.#onDrain).off("end", this.#onEnd).off("close", this.#onClose);
    this.host.left(this);
    makeReadable(socket);
    const rest = this.#intake.rest();
    if (rest.length > 0) socket.unshift(rest);
  }

  #onDrain = (): void => {
    this.touch();
    this.answer?.drained();
  };

  /** A client that says no more is taken for one that has gone, as none can tell which it is. */
  #onEnd = (): void => {
    if (this.answer !== null && !this.answer.isOver) this.socket.destroy();
    else if (this.#phase === "ending") this.socket.destroySoon();
    else this.endSoon();
  };

  #onClose = (): void => {
    const { answer } = this;
    this.#stop();
    this.answer = null;
    this.host.left(this);
    answer?.gone();
  };
}

const silentBody: Refusal = { code: "request-timeout", detail: "The body of the request stopped coming." };

function ignore(): void {}
