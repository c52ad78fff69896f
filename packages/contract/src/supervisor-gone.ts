/** A plane without its supervisor is restarted by nobody, and the next Parley needs its port and the data directory. */

/** Calls once, also where the supervisor had gone before anybody asked, as while modules were loading. A process that was started by hand has none. */
export function whenSupervisorIsGone(gone: () => void): void {
  if (process.send === undefined) return;
  if (process.connected) process.once("disconnect", gone);
  else gone();
}
