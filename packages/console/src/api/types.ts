/** What each operation takes and gives, inferred from the contract's table. Only types: nothing of it is in the bundle. */
import type { operations, OperationName } from "@parley/contract/api/operations";
import type { PathParameters } from "@parley/contract/api/operation";
import type { z } from "zod";

type Table = typeof operations;
type None = Record<never, never>;

/** Specs travel as parley.yaml writes them, which is what goes into their schemas and not what comes out. */
export type Answer<Name extends OperationName> = Table[Name] extends { response: infer Response extends z.ZodType } ? FromJson<z.input<Response>> : void;

/** JSON has no undefined: a member that may be absent is either absent or has its value. */
type FromJson<Value> = AnyJson<Value> extends true ? Value : Value extends readonly unknown[] | object ? { [Name in keyof Value]: FromJson<Exclude<Value[Name], undefined>> } : Value;

/** Whatever JSON can say has no end of members to look into, and none of them is undefined. */
type AnyJson<Value> = [z.core.util.JSONType] extends [Value] ? true : false;

type Body<Operation> = Operation extends { body: infer Schema extends z.ZodType } ? { body: z.input<Schema> } : None;
type Query<Operation> = Operation extends { query: infer Schema extends z.ZodObject } ? { query?: Partial<z.output<Schema>> } : None;
type Path<Text extends string> = [PathParameters<Text>] extends [never] ? None : { path: Record<PathParameters<Text>, string> };
/** `ifMatch` is the ETag that was read; null where the thing has to be new. */
type Guard<Operation> = Operation extends { guard: "change" }
  ? { ifMatch: string }
  : Operation extends { guard: "create-or-change" }
    ? { ifMatch: string | null }
    : None;

export type Input<Name extends OperationName> = Body<Table[Name]> & Query<Table[Name]> & Path<Table[Name]["path"]> & Guard<Table[Name]>;

/** No argument is needed where every member of the input may be left out. */
export type InputArguments<Name extends OperationName> = None extends Input<Name>
  ? [input?: Input<Name>, signal?: AbortSignal]
  : [input: Input<Name>, signal?: AbortSignal];

export type { OperationName };
