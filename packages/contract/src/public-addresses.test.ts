import { expect, test } from "vitest";
import { isPublicAddress } from "./public-addresses.ts";

test.each([
  ["8.8.8.8", true], ["2606:4700::1111", true], ["10.1.2.3", false], ["169.254.169.254", false], ["172.31.0.1", false], ["192.168.0.1", false], ["100.64.0.1", false], ["0.0.0.0", false],
  ["::1", false], ["fe80::1", false], ["fd00::1", false], ["::ffff:8.8.8.8", false], ["64:ff9b::a00:1", false], ["::7f00:1", false], ["fec0::1", false], ["3fff::1", false], ["2a00:1450::1", true], ["example.com", null],
])("%s is public: %s", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
