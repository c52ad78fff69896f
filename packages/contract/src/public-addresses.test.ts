import { expect, test } from "vitest";
import { isNeverReached, isPublicAddress } from "./public-addresses.ts";

test.each([
  ["8.8.8.8", true], ["2606:4700::1111", true], ["10.1.2.3", false], ["169.254.169.254", false], ["172.31.0.1", false], ["192.168.0.1", false], ["100.64.0.1", false], ["0.0.0.0", false],
  ["::1", false], ["fe80::1", false], ["fd00::1", false], ["::ffff:8.8.8.8", false], ["64:ff9b::a00:1", false], ["::7f00:1", false], ["fec0::1", false], ["3fff::1", false], ["2a00:1450::1", true], ["168.63.129.16", false], ["100.100.100.200", false], ["64:ff9b::a9fe:a9fe", false], ["2002:a9fe:a9fe::1", false], ["example.com", null],
])("%s is public: %s", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

test.each([
  "169.254.169.254", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "0:0:0:0:0:FFFF:A9FE:A9FE", "::a9fe:a9fe", "::ffff:0:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "64:ff9b::169.254.169.254", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1",
  "fe80::1", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "::ffff:a83f:8110", "0.0.0.0", "::", "255.255.255.255", "ff02::1",
])("%s is never reached, whatever is allowed", (address) => expect([isNeverReached(address), isPublicAddress(address)]).toEqual([true, false]));

test.each(["127.0.0.1", "10.0.0.1", "::1", "fd12::1", "100.64.0.1", "64:ff9b::a00:1", "8.8.8.8", "2606:4700::1111"])("%s is reached where that is allowed", (address) => expect(isNeverReached(address)).toBe(false));
