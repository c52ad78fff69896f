/** What the parameters in the paths of the admin API are. A path says it by what stands before the braces: /api/services/{name}. */
const namedBy: Readonly<Record<string, string>> = {
  services: "The service's name.",
  versions: "The version's name.",
  bypasses: "The service's name.",
  providers: "The provider's name.",
  models: "The model's name, as applications ask for it.",
  prompts: "The prompt's name.",
  consumers: "The consumer's name.",
  keys: "The key's id.",
  teams: "The team's name.",
  alerts: "The alert's name.",
  channels: "The channel's name.",
  people: "The person's name, in whatever case.",
  searches: "The name of the saved search.",
  calls: "The call's id.",
  conflicts: "The conflict's id.",
  leases: "The lease's id.",
};

interface PathParameter {
  name: string;
  in: "path";
  required: true;
  description: string;
  schema: { type: "string" };
}

export function pathParameters(path: string): PathParameter[] {
  return [...path.matchAll(/([a-z-]+)\/\{(\w+)\}/g)].map(([, collection = "", name = ""]) => ({ name, in: "path", required: true, description: namedBy[collection] ?? "", schema: { type: "string" } }));
}
