/**
 * Certificates, keys, authorities and revocation lists: files that are read again when they change, so that a renewed certificate needs
 * no restart. Hides files and OpenSSL's contexts; imports the contract alone. A file that cannot be used leaves in force
 * what was there, and a warning.
 */
export { AuthorityFiles, type CertificatePorts } from "./authority-files.ts";
export { ClientIdentities, type ClientIdentity } from "./client-identity.ts";
export { objectionTo } from "./client-certificates.ts";
export { RevocationFiles } from "./revocation-files.ts";
export type { RevocationList } from "./revocation-list.ts";
export { ServerCertificates } from "./server-certificates.ts";
