declare module "virtual:operation-list" {
  import type { Operation } from "@parley/contract/api/operation";
  import type { OperationName } from "@parley/contract/api/operations";

  export const operationList: Record<OperationName, Pick<Operation, "method" | "path" | "role">>;
}
declare module "virtual:theme-variables.css";
