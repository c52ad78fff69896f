/** Numbers that prove themselves. */

/** ISO 13616: the first four characters moved to the end, letters as two digits, modulo 97 gives 1. */
export function isIban(text: string): boolean {
  const plain = text.replaceAll(" ", "");
  if (plain.length < 15 || plain.length > 34) return false;
  let remainder = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** ISO/IEC 7812: 13 to 19 digits of a known network, with Luhn's check digit. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  if (digits.length < 13 || digits.length > 19 || !/^[2-6]/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const value = index % 2 === 1 ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** Areas, groups and serials that the Social Security Administration never gives out are none. */
export function isSsn(text: string): boolean {
  const [area, group, serial] = text.split("-");
  return area !== "000" && area !== "666" && !area?.startsWith("9") && group !== "00" && serial !== "0000";
}

export function isIpAddress(text: string): boolean {
  return text.split(".").every((part) => Number(part) <= 255 && String(Number(part)) === part);
}
