/** How the targets of services are: each gateway worker judges by its own calls and checks, so each one's view is given. */
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

const gatewaysWithinMs = 500;

export function targetHandlers(plane: ControlPlane): Pick<Handlers, "listTargets"> {
  return {
    listTargets: async ({ query }) => {
      const reports = await plane.channel.targets(gatewaysWithinMs);
      return { body: { items: reports.flat().filter(({ service }) => query.service === undefined || query.service === service) } };
    },
  };
}
