/**
 * Preconditions (RFC 9110 §13): parsed from a request's header, evaluated against the current representation in the order
 * of §13.2.2, and the order of all reasons for which a write is not carried out. Pure: imports the validators and the contract.
 */
export { parsePreconditions, type Preconditions } from "./preconditions.ts";
export { type CurrentRepresentation, evaluatePreconditions, type PreconditionField, type PreconditionVerdict } from "./evaluate.ts";
export { guardsWrite } from "./guards-write.ts";
export { decisionOrder, type Situation } from "./decision-order.ts";
