/** Every operation of the table and what carries it out; a missing one does not compile. */
import type { ControlPlane } from "./control-plane.ts";
import type { Handlers } from "./handler.ts";
import { adviceHandlers } from "./operations/conflicts/advice.ts";
import { alertHandlers } from "./operations/alerts.ts";
import { analysisHandlers } from "./operations/analysis.ts";
import { callHandlers } from "./operations/calls.ts";
import { targetHandlers } from "./operations/targets.ts";
import { conflictHandlers } from "./operations/conflicts/conflicts.ts";
import { configurationHandlers } from "./operations/configuration/configuration.ts";
import { documentOperationHandlers } from "./operations/document-operations.ts";
import { documentHandlers } from "./operations/documents.ts";
import { entityHandlers } from "./operations/configuration/entity-handlers.ts";
import { keyRotationHandlers } from "./operations/configuration/key-rotation.ts";
import { keyHandlers } from "./operations/configuration/keys.ts";
import { bypassHandlers } from "./operations/conflicts/bypasses.ts";
import { leaseHandlers } from "./operations/conflicts/leases.ts";
import { cacheHandlers } from "./operations/cache.ts";
import { mirrorHandlers } from "./operations/mirror.ts";
import { modelStateHandlers } from "./operations/models.ts";
import { peopleHandlers } from "./operations/people.ts";
import { historyHandlers } from "./operations/conflicts/resource-history.ts";
import { rolloutHandlers } from "./operations/rollout.ts";
import { searchHandlers } from "./operations/searches.ts";
import { sessionHandlers } from "./operations/session.ts";
import { spendHandlers } from "./operations/spend.ts";
import { tryHandlers } from "./operations/try-call.ts";
import { systemHandlers } from "./operations/system.ts";

export function handlersOf(plane: ControlPlane): Handlers {
  return {
    ...searchHandlers(plane),
    ...sessionHandlers(plane),
    ...peopleHandlers(plane),
    ...entityHandlers(plane),
    ...documentHandlers(plane),
    ...documentOperationHandlers(plane),
    ...keyHandlers(plane),
    ...keyRotationHandlers(plane),
    ...callHandlers(plane),
    ...analysisHandlers(plane),
    ...alertHandlers(plane),
    ...targetHandlers(plane),
    ...rolloutHandlers(plane),
    ...mirrorHandlers(plane),
    ...cacheHandlers(plane),
    ...conflictHandlers(plane),
    ...adviceHandlers(plane),
    ...bypassHandlers(plane),
    ...leaseHandlers(plane),
    ...historyHandlers(plane),
    ...configurationHandlers(plane),
    ...spendHandlers(plane),
    ...tryHandlers(plane),
    ...modelStateHandlers(plane),
    ...systemHandlers(plane),
  };
}
