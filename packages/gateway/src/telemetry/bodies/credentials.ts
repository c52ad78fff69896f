/**
 * Keys and credentials, wherever they stand in a text: by the shape that issuers give them, and by the name before the
 * value. Every pattern is bounded and without nested repetition, so that none runs away.
 */

export const hidden = "***";

/** In lower case without - and _. */
const secretNames: ReadonlySet<string> = new Set([
  "password", "passwd", "pwd", "passphrase", "secret", "clientsecret", "apikey", "xapikey", "apitoken", "token", "accesstoken", "refreshtoken", "idtoken", "sessiontoken", "authtoken",
  "bearertoken", "authorization", "proxyauthorization", "privatekey", "secretkey", "secretaccesskey", "signingkey", "signingsecret", "webhooksecret", "masterkey", "credential", "credentials", "cookie", "setcookie",
]);

/** Whether the value under this name is a secret whatever it looks like. */
export function isSecretName(name: string): boolean {
  return name.length <= 40 && secretNames.has(name.toLowerCase().replaceAll(/[-_ ]/g, ""));
}

/** Longest first where one begins another. */
const issued = new RegExp(
  [
    String.raw`(?<![A-Za-z0-9_])(?:sk-[A-Za-z0-9_-]{16,200}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,500}|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,64}|xox[abeprs]-[A-Za-z0-9-]{10,200}|[rsp]k_(?:live|test)_[A-Za-z0-9]{16,200}|SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}|npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{30,64}|gsk_[A-Za-z0-9]{40,64}|xai-[A-Za-z0-9]{40,100}|pypi-[A-Za-z0-9_-]{16,255}|pk_[A-Za-z0-9_-]{43})`,
    String.raw`(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{4,8000}\.[A-Za-z0-9_-]{8,2000}`,
    String.raw`-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,6000}?(?:-----END|$)`,
    String.raw`(?<=\b(?:[Bb]earer|[Bb]asic) )[A-Za-z0-9._~+/=-]{16,4000}`,
  ].join("|"),
  "g",
);

/** `name=value`, `name: value`, `"name":"value"` also where the quotes are escaped, `<name>value<`; a variable such as $KEY is none. */
const named = /(?<![A-Za-z])((?:pass(?:word|wd|phrase)|pwd|(?:client|signing|webhook)[-_]?secret|secret(?:[-_]?access)?[-_]?key|secret|(?:x[-_])?api[-_]?key|(?:access|refresh|id|session|auth|api)[-_]?token|token|private[-_]?key|authorization)\\{0,3}["']?\s{0,4}[:=>]\s{0,4}\\{0,3}["']?)(?!(?:(?:bearer|basic) )?(?:\*\*\*|\$))(?:(?:bearer|basic) )?[^\s"'<>&,;\\]{1,4000}/gi;

/** `secrets` are those that are known to be ones, such as the caller's key. */
export function withoutCredentials(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 8) clean = clean.replaceAll(secret, hidden);
  return clean.replaceAll(issued, hidden).replaceAll(named, `$1${hidden}`);
}
