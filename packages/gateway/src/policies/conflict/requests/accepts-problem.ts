/** Whether a client says that it reads problem details: named in Accept, and not with a weight of nothing (RFC 9110 §12.4.2). Ranges name no format that one could count on. */
export function acceptsProblem(accept: string | undefined): boolean {
  return accept !== undefined && accept.split(",").some(namesProblem);
}

function namesProblem(range: string): boolean {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
  return type === "application/problem+json" && !parameters.some((parameter) => /^q\s*=\s*0(?:\.0*)?$/.test(parameter));
}
