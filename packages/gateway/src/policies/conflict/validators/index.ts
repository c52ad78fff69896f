/**
 * Validators (RFC 9110 §8.8): entity-tags, dates, and the tags that the gateway makes itself. Hides how a tag is written,
 * which suffixes content codings leave on it, and how a body is hashed. Pure: imports Node's crypto and
 * what other policies share of it, from the exchange.
 */
export { type EntityTag, formatEntityTag, parseEntityTag, strongMatch, weakMatch } from "../../../exchange/validators/entity-tag.ts";
export type { Parsed } from "../../../exchange/validators/parsed.ts";
export { type EntityTagCondition, parseEntityTagCondition } from "../../../exchange/validators/entity-tag-condition.ts";
export { codedTag, stripCodingSuffix } from "./coding-suffix.ts";
export { formatHttpDate, parseHttpDate } from "../../../exchange/validators/http-date.ts";
export { isStrongDate, type ModificationDate } from "./modification-date.ts";
export { BodyDigest, digestBody } from "./body-digest.ts";
export { bodyHashTag, parseBodyHashTag } from "./body-hash-tag.ts";
export { varyView, viewKey } from "./vary-view.ts";
