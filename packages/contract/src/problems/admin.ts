/** Refusals of the admin API. */
import type { ProblemEntry } from "./entry.ts";

export const adminProblems = {
  "not-signed-in": {
    status: 401,
    title: "Not signed in",
    cause: "The request carries neither a session nor the admin token, or the session has ended.",
    fix: "Sign in, or send `Authorization: Bearer $PARLEY_ADMIN_TOKEN`.",
  },
  "wrong-credentials": {
    status: 401,
    title: "Name and password do not match",
    cause: "No enabled person has this name and password.",
    fix: "Try again; `./parley admin reset` on the machine itself gives a new sign-in link.",
  },
  "sign-in-link-used": {
    status: 410,
    title: "The sign-in link is used up or has expired",
    cause: "A sign-in link works once, for a limited time.",
    fix: "Run `./parley admin reset` on the machine itself for a new one.",
    example: "./parley admin reset",
  },
  "too-many-attempts": {
    status: 429,
    title: "Too many attempts to sign in",
    cause: "Several attempts failed in a short time.",
    fix: "Wait as long as Retry-After says.",
  },
  forbidden: {
    status: 403,
    title: "Not permitted",
    cause: "The person's role does not include this.",
    fix: "Ask a person with the role that the answer names.",
  },
  "cross-site": {
    status: 403,
    title: "The request came from another site",
    cause: "A browser sent it on behalf of a page that is not this console.",
    fix: "Use the console itself, or the admin token from a program.",
  },
  "unknown-host": {
    status: 421,
    title: "The admin port does not answer to this name",
    cause: "The Host header names neither this machine nor a name of admin.names; answering could hand the console to another site (DNS rebinding).",
    fix: "Use http://localhost, or list the name under `admin.names` in the configuration or in PARLEY_ADMIN_NAMES.",
  },
  "last-owner": {
    status: 409,
    title: "Somebody has to be the owner",
    cause: "It is the last enabled owner; without one nobody could manage people any more.",
    fix: "Make another person an owner first.",
  },
  "unknown-operation": {
    status: 404,
    title: "The admin API has no such operation",
    cause: "Neither path nor method is in the OpenAPI document.",
    fix: "Look at /api/openapi.json.",
  },
  "not-found": {
    status: 404,
    title: "There is no such thing",
    cause: "Nothing of this kind has this name or id.",
    fix: "List what there is; names are case-sensitive.",
  },
  exists: {
    status: 409,
    title: "The name is taken",
    cause: "There is one of this name already.",
    fix: "Choose another name, or change the one that exists.",
  },
  "in-use": {
    status: 409,
    title: "Something else refers to it",
    cause: "It cannot be deleted while the things that the detail names refer to it.",
    fix: "Change or delete those first.",
  },
  "precondition-required": {
    status: 428,
    title: "The write does not say what it is based on",
    cause: "Every change is guarded: without If-Match two people would overwrite each other unnoticed.",
    fix: "Read it first, and send its ETag in If-Match; for a new one send If-None-Match: *.",
  },
  "precondition-failed": {
    status: 412,
    title: "It was changed meanwhile",
    cause: "The ETag in If-Match is not the current one: somebody changed it after you had read it.",
    fix: "Read it again, put your change on top of it, and send the new ETag.",
  },
  "read-only-configuration": {
    status: 403,
    title: "The configuration file is the truth",
    cause: "Parley runs from a configuration file, so the configuration is changed there and not over the admin API.",
    fix: "Put the YAML that the answer contains into the file; it is taken over by itself.",
  },
  "invalid-body": {
    status: 400,
    title: "The body is not what the operation takes",
    cause: "It is not JSON, or a member is missing, unknown or of the wrong type.",
    fix: "Correct the member that `errors` names by JSON pointer.",
  },
  "invalid-parameter": {
    status: 400,
    title: "A parameter is wrong",
    cause: "A path or query parameter has a value outside its range.",
    fix: "Correct the parameter that the detail names.",
  },
  "stale-plan": {
    status: 412,
    title: "The plan is stale",
    cause: "The configuration was changed after the plan was made.",
    fix: "Make a new plan and look at it before applying.",
    example: "./parley plan -f parley.yaml",
  },
  "invalid-query": {
    status: 400,
    title: "The query cannot be read",
    cause: "A term of the query names no field, or its value is not of the field's kind.",
    fix: "Correct the term; `errors` has the place and what was probably meant. docs/query-language.md has all fields.",
    example: 'service:notes status:409 latency:>500ms -method:GET "free text"',
  },
  "call-log-unavailable": {
    status: 503,
    title: "The call log does not answer",
    cause: "The call log's engine is down or starting. Calls go on; their records wait in the spool.",
    fix: "Try again in a few seconds; `/readyz` says what is wrong.",
  },
  "body-too-large-admin": {
    status: 413,
    title: "The body is too large",
    cause: "The admin API takes bodies of up to 8 MiB.",
    fix: "Send it in parts.",
  },
} as const satisfies Record<string, ProblemEntry>;
