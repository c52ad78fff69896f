import { expect, it } from "vitest";
import { addressNetwork } from "./address-network.ts";

it("takes all addresses of one IPv6 network for one, however they are written, and IPv4 ones as they are", () => {
  expect(addressNetwork("192.0.2.7")).toBe("192.0.2.7");
  for (const address of ["2001:db8:0:1::1", "2001:db8::1:0:0:0:2", "2001:0db8:0000:0001:ffff:ffff:ffff:ffff"]) expect(addressNetwork(address)).toBe("2001:db8:0:1::/64");
  expect(addressNetwork("::1")).toBe("0:0:0:0::/64");
  expect(addressNetwork("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
  expect(addressNetwork("2001:db8:0:2::1")).not.toBe(addressNetwork("2001:db8:0:1::1"));
});
