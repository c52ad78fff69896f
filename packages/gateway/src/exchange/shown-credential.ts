/** How a command that is shown to a caller proves who it is: by names of variables and files, never by what is in them. */

/** Of curl, for a POSIX shell; "" where nothing is asked for. */
export const curlCredential: Readonly<Record<"open" | "key" | "jwt" | "mtls", string>> = {
  open: "",
  key: '-H "Authorization: Bearer $PARLEY_KEY"',
  jwt: '-H "Authorization: Bearer $PARLEY_TOKEN"',
  mtls: "--cert client.pem --key client.key",
};
