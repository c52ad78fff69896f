/**
 * The directions of dependencies, as drawn in docs/architecture.md. A violation names the rule that it breaks.
 */
const tests = "\\.test\\.tsx?$|\\.test-support\\.ts$|contract-tests/";

/** Forbids everything in `from` to import anything in `to`. */
function forbid(name, comment, from, to) {
  return { name, severity: "error", comment, from: { path: from, pathNot: tests }, to };
}

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", comment: "A cycle means two files are one idea or a seam is missing.", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    forbid("contract-imports-nothing-of-ours", "The contract is what everybody else agrees on.", "^packages/contract", { path: "^packages/(?!contract)" }),
    forbid("openapi-imports-merge-only", "Both planes judge by the same document; it knows neither.", "^packages/openapi", { path: "^packages/(?!openapi|merge)" }),
    forbid("config-imports-only-the-contract", "Reading configuration knows no process and no store.", "^packages/config", { path: "^packages/(?!config|contract)" }),
    forbid("stores-import-only-the-contract", "A store's engine knows nobody who uses it.", "^packages/stores", { path: "^packages/(?!stores|contract)" }),
    forbid("merge-imports-nothing", "Browsers load it, and so does the data path.", "^packages/merge", { path: "^packages/(?!merge)" }),
    forbid("client-imports-merge-only", "It works against any server that speaks ETags, in browsers too.", "^packages/client", { path: "^packages/(?!client|merge)" }),
    forbid("browsers-have-no-node", "Both run in browsers as they are.", "^packages/(?:merge|client)", { dependencyTypes: ["core"] }),
    forbid("data-path-never-imports-control", "A slow query or a crashed console must never touch a call in flight.", "^packages/gateway", { path: "^packages/(?!gateway|contract|stores|merge|openapi)" }),
    forbid("control-never-imports-the-data-path", "The planes meet in the channel only.", "^packages/control", { path: "^packages/(?!control|contract|config|stores|openapi|merge)" }),
    forbid("console-knows-the-contract-only", "The console reaches the control plane through the admin API.", "^packages/console", { path: "^packages/(?!console|contract)" }),
    forbid("engines-only-in-composition-roots", "Only main.ts chooses an implementation of a port.", "^packages/(?:gateway|control)/src/(?!main\\.ts|main/)", { path: "^packages/stores/src/(?:embedded|distributed)" }),
    forbid("a-policy-never-imports-another", "What two policies share belongs into the exchange or the contract.", "^packages/gateway/src/policies/([^/]+)/", { path: "^packages/gateway/src/policies/", pathNot: "^packages/gateway/src/policies/$1/" }),
    forbid("policies-know-no-sockets", "A policy sees the exchange, not the listener or the transport's inside.", "^packages/gateway/src/policies", { path: "^packages/gateway/src/(?:listener|ai|routing)" }),
    forbid("ai-knows-no-listener", "The AI side is reached through its endpoints and reaches providers through the transport.", "^packages/gateway/src/ai", { path: "^packages/gateway/src/(?:listener|policies|routing|pipeline/(?!policy\\.ts))" }),
    forbid("dialects-know-no-network", "A codec is a pure function or a state machine, testable without a socket.", "^packages/gateway/src/ai/dialects", { path: "^node:(?:http|net|tls)|^packages/gateway/src/upstreams" }),
    { name: "no-dev-dependencies-in-source", severity: "error", comment: "What runs at a user's is a dependency.", from: { path: "^packages", pathNot: `${tests}|vite\\.config` }, to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|node_modules)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"], extensions: [".ts", ".tsx", ".js", ".mjs", ".cjs", ".json"] },
  },
};
