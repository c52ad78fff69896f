import { describe, expect, it } from "vitest";
import { nearestPath } from "./nearest-path.ts";
import { hasDotSegment, originForm } from "./path-segments.ts";
import { RouteTrie } from "./route-trie.ts";

function trieOf(...paths: string[]): RouteTrie<string> {
  const trie = new RouteTrie<string>();
  for (const path of paths) trie.set(path, path, path);
  return trie;
}

function matched(trie: RouteTrie<string>, path: string): [string, string] | null {
  const match = trie.match(path);
  return match && [match.value, path.slice(match.restStart)];
}

describe("the matcher", () => {
  it("finds the longest prefix on segment boundaries", () => {
    const trie = trieOf("/notes", "/notes/archive", "/", "/a/b/c");
    expect(matched(trie, "/notes/7")).toEqual(["/notes", "/7"]);
    expect(matched(trie, "/notes")).toEqual(["/notes", ""]);
    expect(matched(trie, "/notes/")).toEqual(["/notes", "/"]);
    expect(matched(trie, "/notes/archive/7")).toEqual(["/notes/archive", "/7"]);
    expect(matched(trie, "/notesarchive")).toEqual(["/", "/notesarchive"]);
    expect(matched(trie, "/a/b")).toEqual(["/", "/a/b"]);
    expect(matched(trie, "/a/b/c/d")).toEqual(["/a/b/c", "/d"]);
  });

  it("finds nothing where no prefix fits", () => {
    expect(matched(trieOf("/notes"), "/other")).toBeNull();
    expect(matched(trieOf("/a/b"), "/a")).toBeNull();
  });

  it("cannot be led to a less specific route by encoding a letter or doubling a slash", () => {
    const trie = trieOf("/", "/admin");
    expect(matched(trie, "/%61dmin/x%2Fy")).toEqual(["/admin", "/x%2Fy"]);
    expect(matched(trie, "//admin//x")).toEqual(["/admin", "//x"]);
    expect(matched(trie, "/admin%2Fx")).toEqual(["/", "/admin%2Fx"]);
  });

  it("forgets a deleted route and serves the next of two with one path", () => {
    const trie = trieOf("/notes/archive", "/notes");
    trie.set("/notes", "another", "another");
    trie.delete("/notes", "/notes");
    expect(matched(trie, "/notes/7")).toEqual(["another", "/7"]);
    trie.delete("/notes", "another");
    trie.delete("/notes/archive", "/notes/archive");
    expect(matched(trie, "/notes/archive")).toBeNull();
    expect([...trie.near("/notes")]).toEqual([]);
  });
});

describe("dot segments", () => {
  it.each(["/notes/../admin", "/notes/..", "/..", "/notes/./x", "/notes/%2e%2E/admin", "/notes/.%2e/x", "/notes/..%2fadmin", "/notes/..%5Cadmin", "/notes\\..\\x", "/notes/..;/x"])(
    "are found in %s",
    (path) => expect(hasDotSegment(path)).toBe(true),
  );
  it.each(["/notes/7", "/notes/.hidden", "/notes/a..b", "/notes/...", "/.well-known/x", "/notes/100%25", "/notes/%2e%2ea"])("are not seen in %s", (path) =>
    expect(hasDotSegment(path)).toBe(false),
  );
});

it("reads the path of origin-form and absolute-form targets only", () => {
  expect(originForm("/a?b")).toBe("/a?b");
  expect(originForm("http://host:80/a?b")).toBe("/a?b");
  expect(originForm("HTTP://host?b")).toBe("/?b");
  expect(originForm("*")).toBeNull();
});

describe("the nearest path", () => {
  it.each([
    ["/notse/7", "/notes"],
    ["/Notes", "/notes"],
    ["/note", "/notes"],
    ["/orders/v3/x", "/orders/v2"],
    ["/orders", "/orders/v2"],
    ["/zebra", null],
  ])("to %s is %s", (path, expected) => expect(nearestPath(trieOf("/notes", "/orders/v2", "/invoices"), path)).toBe(expected));

  it("is found with 10,000 routes in well under a millisecond of work, or given up", () => {
    const trie = trieOf(...Array.from({ length: 10_000 }, (_, route) => `/service-${route}`));
    const before = process.cpuUsage();
    for (let call = 0; call < 20; call++) nearestPath(trie, "/servixe-17");
    expect(process.cpuUsage(before).user / 1_000 / 20).toBeLessThan(10);
    expect(nearestPath(trie, "/servixe-17")).toBe("/service-17");
  });
});
