/** What Node and the C library are told besides the gateway's module. Also read where modules are compiled ahead: V8 takes compiled code from a process with the same flags only. */

/**
 * The room for what calls leave behind: under load some 120 MiB resident instead of 184, at the same CPU per call. What was in
 * flight at a young collection, and what closed connections leave, ages into the old space, some 80 bytes a call, where V8 by itself
 * would let 60 MiB gather. It is collected at a third more than what lives, about every 100,000 calls, and the process stays flat; twice of
 * what lives would be a wave of 16 MiB. Where each call has a connection of its own, the dearest case, a call costs some 3 % more for that.
 */
export const gatewayNodeArguments = ["--max-semi-space-size=4", "--initial-old-space-size=24", "--heap-growing-percent=35"];

/**
 * For glibc, which by itself gives each of Node's threads an arena to allocate from: what compiling needs for a moment is then
 * kept once for each of them. With one for all the process is some 17 MiB smaller, and calls cost no more: its threads
 * hardly allocate at the same time. What the operator's environment says about it goes first.
 */
export const oneArena: Readonly<NodeJS.ProcessEnv> = { MALLOC_ARENA_MAX: "1" };
