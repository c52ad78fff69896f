/** Ends the session and leaves nothing of it in the page's memory. */
import { call } from "../api/client.ts";

export function useSignOut(): () => void {
  return () => {
    // A whole new page: no cached answer and no typed secret outlives the session.
    const leave = () => location.assign("/");
    call("signOut").then(leave, leave);
  };
}
