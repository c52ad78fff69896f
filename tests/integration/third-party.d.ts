/** The little that the tests use of packages without types. */
declare module "express-pouchdb" {
  import type { RequestListener } from "node:http";
  export default function expressPouchdb(database: unknown, options: { mode: string; inMemoryConfig: boolean; logPath: string }): RequestListener;
}

declare module "json-server" {
  import type { RequestListener } from "node:http";
  const jsonServer: { router(data: object): RequestListener; create(): RequestListener & { use(handler: RequestListener): void }; bodyParser: RequestListener };
  export default jsonServer;
}

declare module "express" {
  import type { RequestListener } from "node:http";
  export default function express(): RequestListener & { use(path: string, handler: RequestListener): void };
}

declare module "pouchdb-core" {
  interface Document {
    _id: string;
    _rev?: string;
    [member: string]: unknown;
  }
  interface Changes {
    on(event: "change", listener: (change: { id: string }) => void): Changes;
    cancel(): void;
  }
  export default class PouchDB {
    constructor(name: string, options?: object);
    static plugin(plugin: unknown): typeof PouchDB;
    static defaults(options: object): typeof PouchDB;
    put(document: Document): Promise<{ ok: boolean; id: string; rev: string }>;
    get(id: string): Promise<Document>;
    allDocs(options: { include_docs: boolean }): Promise<{ total_rows: number; rows: { doc: Document }[] }>;
    bulkDocs(documents: Document[]): Promise<unknown[]>;
    changes(options: { live: boolean; since: string }): Changes;
    destroy(): Promise<void>;
    readonly replicate: { from(source: PouchDB): Promise<{ docs_written: number }>; to(target: PouchDB): Promise<{ docs_written: number }> };
  }
}

declare module "pouchdb-adapter-memory";
declare module "pouchdb-adapter-http";
declare module "pouchdb-mapreduce";
declare module "pouchdb-replication";
