/** Hot path of services with `redirects`. Paths that have moved: the answer says where to, the query goes along. */
import type { Policy } from "../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { compilePathPattern, fillIn } from "../../exchange/path-pattern.ts";

export const redirectsPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "redirects",
  sharedAs: ({ redirects }) => (redirects && redirects.length > 0 ? null : ""),
  create({ redirects, path: servicePath = "" }) {
    if (!redirects || redirects.length === 0) return null;
    const compiled = redirects.map(({ from, to, status }) => ({ match: compilePathPattern(from), to: to.startsWith("/") && servicePath !== "/" ? servicePath + to : to, status }));
    return (next) => (exchange, sink) => {
      const question = exchange.rest.indexOf("?");
      const below = question === -1 ? exchange.rest : exchange.rest.slice(0, question);
      for (const { match, to, status } of compiled) {
        const found = match(below);
        if (!found) continue;
        const query = question === -1 ? "" : exchange.rest.slice(question + 1);
        sink.head(status, ["Location", withQuery(location(to, found), query), "Content-Length", "0"]);
        return sink.end();
      }
      return next(exchange, sink);
    };
  },
};

/** What stands in the path must not make another host of a path on this one: browsers read `//` and `/\\` as one. */
function location(to: string, found: ReadonlyMap<string, string>): string {
  const filled = fillIn(to, found);
  return to.startsWith("/") ? filled.replace(/^[/\\]{2,}/, "/") : filled;
}

/** The query goes along behind what `to` says itself, and before its fragment. */
function withQuery(place: string, query: string): string {
  if (query === "") return place;
  const hash = place.indexOf("#");
  const [front, fragment] = hash === -1 ? [place, ""] : [place.slice(0, hash), place.slice(hash)];
  return `${front}${front.includes("?") ? "&" : "?"}${query}${fragment}`;
}
