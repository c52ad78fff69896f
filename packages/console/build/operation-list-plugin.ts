/**
 * Gives the page the admin API's operations as bare data (method, path, role). The table itself holds zod schemas, which
 * the page needs only as types; reading it here keeps zod out of the bundle and the two can never differ.
 */
import { operations } from "@parley/contract/api/operations";
import type { Operation } from "@parley/contract/api/operation";
import type { Plugin } from "vite";

const name = "virtual:operation-list";

export function operationListPlugin(): Plugin {
  return {
    name: "parley-operation-list",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? `export const operationList = ${JSON.stringify(bareOperations())};` : null),
  };
}

function bareOperations(): Record<string, Pick<Operation, "method" | "path" | "role">> {
  return Object.fromEntries(Object.entries(operations).map(([key, { method, path, role }]) => [key, { method, path, role }]));
}
