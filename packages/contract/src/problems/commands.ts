/**
 * Commands that lead on from a problem, for its page. They are about a service `notes` and a consumer `acme` on the usual ports; tests run each call as it
 * stands, and hold `./parley` to options that it has. `$PARLEY_KEY` is an application's key, `$PARLEY_ADMIN_TOKEN` the admin API's.
 */
const gateway = "http://127.0.0.1:8080";
const admin = "http://127.0.0.1:8081";
const key = '-H "Authorization: Bearer $PARLEY_KEY"';
const token = '-H "Authorization: Bearer $PARLEY_ADMIN_TOKEN"';
const json = "-H 'Content-Type: application/json'";

export const commands = {
  call: `curl ${gateway}/notes/7 ${key}`,
  callWithFields: `curl -i ${gateway}/notes/7 ${key}`,
  callWithToken: `curl ${gateway}/notes/7 -H "Authorization: Bearer $TOKEN"`,
  keys: `curl ${admin}/api/consumers/acme/keys ${token}`,
  consumer: `curl ${admin}/api/consumers/acme ${token}`,
  versions: `curl ${gateway}/.well-known/parley/versions/notes ${key}`,
  reference: `curl ${gateway}/.well-known/parley/services/notes.md ${key}`,
  targets: `curl "${admin}/api/targets?service=notes" ${token}`,
  models: `curl ${gateway}/v1/models ${key}`,
  spend: `curl "${admin}/api/spend?by=consumer&per=month" ${token}`,
  prompts: `curl ${admin}/api/prompts ${token}`,
  status: `curl ${admin}/api/status ${token}`,
  operations: `curl ${admin}/api/openapi.json ${token}`,
  search: `curl -G ${admin}/api/calls --data-urlencode 'query=service:notes status:409 latency:>500ms -method:GET' ${token}`,
  /** Two lines: the ETag, and the write that sends it back. */
  readThenWrite: [
    `TAG=$(curl -si ${gateway}/notes/7 ${key} | tr -d '\\r' | sed -n 's/^etag: //Ip')`,
    `curl -X PUT ${gateway}/notes/7 ${key} -H "If-Match: $TAG" ${json} -d '{"title":"new"}'`,
  ].join("\n"),
  create: `curl -X POST ${gateway}/notes ${key} -H 'Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324"' ${json} -d '{"title":"new"}'`,
  service: `curl ${admin}/api/services/notes ${token}`,
  modelStates: `curl ${admin}/api/catalogue/models ${token}`,
  people: `curl ${admin}/api/people ${token}`,
  ownSession: `curl ${admin}/api/session ${token}`,
  ownSearches: `curl ${admin}/api/searches ${token}`,
  alertStates: `curl ${admin}/api/alert-states ${token}`,
  chat: `curl ${gateway}/v1/chat/completions ${key} ${json} -d '{"model": "sandbox/echo", "messages": [{"role": "user", "content": "Hello"}]}'`,
  check: "./parley check parley.yaml",
  plan: "./parley plan -f parley.yaml",
  export: "./parley export",
  doctor: "./parley doctor",
  resetPassword: "./parley admin reset",
  pairOfKeys: "diff <(openssl x509 -in gateway.pem -noout -pubkey) <(openssl pkey -in gateway.key -pubout) && echo they belong together",
  certificate: "openssl x509 -in client.pem -noout -subject -issuer -dates",
  anotherParley: "./parley up --data ./.parley-2 --gateway-port 8180 --admin-port 8181",
  lock: `curl -X LOCK ${gateway}/notes/7 ${key} -H 'Timeout: Second-30'`,
} as const;

/** For whoever runs the gateway: the calls that ended with it. */
export function callsWith(code: string): string {
  return `./parley calls --query error:${code}`;
}
