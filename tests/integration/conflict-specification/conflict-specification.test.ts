/**
 * The conflict specification as somebody reads it who has nothing but a running program: through its configuration, HTTP and the admin API.
 * What is tested closer to the code is not said here again; where each sentence is tested stands in the guard's SPECIFICATION.md.
 */
import { afterAll, beforeAll } from "vitest";
import { diagnoses } from "./diagnoses.ts";
import { leasesAndKeys } from "./leases-and-keys.ts";
import { otherCallers } from "./other-callers.ts";
import { rolesAndPreconditions } from "./roles-and-preconditions.ts";
import { startScene } from "./scene.ts";
import { Stage } from "./stage.ts";

const stage = new Stage();
beforeAll(async () => stage.open(await startScene()), 60_000);
afterAll(async () => stage.close(), 30_000);

rolesAndPreconditions(stage);
leasesAndKeys(stage);
diagnoses(stage);
otherCallers(stage);
