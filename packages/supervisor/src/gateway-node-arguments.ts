/** What Node and the C library are told besides the gateway's module. Also read where modules are compiled ahead: V8 takes compiled code from a process with the same flags only. */

/**
 * The room for what calls leave behind: under load some 120 MiB resident instead of 184, at the same CPU per call. What was in
 * flight at a young collection ages into the old space, a few hundred bytes a call, where V8 by itself would first look after
 * a quarter of a million calls and 60 MiB; collected at some 30 MiB (a few milliseconds in 100,000 calls) the process stays flat.
 * Afterwards it may reach twice of what lives, some 60 MiB, which takes a hundred connections that end every second: what
 * a connection was made of is some 3 KiB of it. With 20 % instead of 100 these stay at 38 MiB, and calls cost a third more.
 */
export const gatewayNodeArguments = ["--max-semi-space-size=4", "--initial-old-space-size=24", "--heap-growing-percent=100"];

/**
 * For glibc, which by itself gives each of Node's threads an arena to allocate from: what compiling needs for a moment is then
 * kept once for each of them. With one for all the process is some 17 MiB smaller, and calls cost no more: its threads
 * hardly allocate at the same time. What the operator's environment says about it goes first.
 */
export const oneArena: Readonly<NodeJS.ProcessEnv> = { MALLOC_ARENA_MAX: "1" };
