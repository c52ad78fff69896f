/**
 * The router adds to what a page's parser gives back whatever else stands in the address, as it stands there. So that a page gets
 * nothing that its parser has not looked at, everything else is named as absent.
 */
export function knownSearch<Search extends object>(parse: (search: Record<string, unknown>) => Search): (search: Record<string, unknown>) => Search {
  return (search) => {
    const absent = Object.fromEntries(Object.keys(search).map((name) => [name, undefined]));
    return { ...absent, ...parse(search) };
  };
}
