/**
 * The books of documents that somebody has asked for, made one at a time in a thread of their own. What is kept,
 * and how many wait, is bounded: a book that was not asked for in a while is made again.
 */
import { access } from "node:fs/promises";
import { AnsweringThread } from "@parley/contract/answering-thread";
import type { Book, BookAnswer, BookOrder, BookSource, ChangesText } from "./book.ts";

const mostKeptBytes = 48 * 1024 * 1024;
const mostKept = 200;
const mostWaiting = 16;

/** Says in its message why there is no book at this time. */
export class NoBook extends Error {
  override readonly name = "NoBook";
}

type Made = Book | ChangesText;

export class Bookshelf {
  /** The one that was asked for longest ago first. */
  #kept = new Map<string, { made: Made; bytes: number }>();
  #bytes = 0;
  #making = new Map<string, Promise<Made>>();
  #last: Promise<unknown> = Promise.resolve();
  readonly #maker = new AnsweringThread<BookOrder, BookAnswer>(new URL("./book-thread.ts", import.meta.url), "reading the document");

  book(source: BookSource): Promise<Book> {
    return this.#made({ kind: "book", source }) as Promise<Book>;
  }

  changes(from: BookSource, to: BookSource): Promise<ChangesText> {
    return this.#made({ kind: "changes", from, to }) as Promise<ChangesText>;
  }

  close(): Promise<void> {
    return this.#maker.end();
  }

  #made(order: BookOrder): Promise<Made> {
    const name = JSON.stringify(order);
    const kept = this.#kept.get(name);
    if (kept !== undefined) {
      this.#kept.delete(name);
      this.#kept.set(name, kept);
      return Promise.resolve(kept.made);
    }
    const making = this.#making.get(name);
    if (making !== undefined) return making;
    if (this.#making.size >= mostWaiting) return Promise.reject(new NoBook("too many documents are being read"));
    const made = this.#last.then(() => expectThere(order)).then(() => this.#maker.ask(order)).then((answer) => this.#keep(name, madeOf(answer)));
    this.#last = made.catch(() => undefined);
    this.#making.set(name, made);
    const done = (): void => void this.#making.delete(name);
    made.then(done, done);
    return made;
  }

  #keep(name: string, made: Made): Made {
    const bytes = bytesOf(made);
    this.#kept.set(name, { made, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if ((this.#bytes <= mostKeptBytes && this.#kept.size <= mostKept) || oldest === name) break;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
    return made;
  }
}

function madeOf(answer: BookAnswer): Made {
  if ("failure" in answer) throw new NoBook(answer.failure);
  return "book" in answer ? answer.book : answer.changes;
}

function bytesOf(made: Made): number {
  if ("blocks" in made) return made.blocks.length;
  const { index, pages, json, yaml } = made;
  return JSON.stringify(index).length * 2 + json.length + yaml.length + pages.reduce((sum, { length }) => sum + length, 0);
}

async function expectThere(order: BookOrder): Promise<void> {
  for (const { file } of order.kind === "book" ? [order.source] : [order.from, order.to]) await access(file).catch(() => Promise.reject(new NoBook("the document is not there yet")));
}
