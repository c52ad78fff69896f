/** Which addresses are of the public internet, as both planes judge it. */
export { isNeverReached, isPublicAddress } from "@parley/contract/public-addresses";
