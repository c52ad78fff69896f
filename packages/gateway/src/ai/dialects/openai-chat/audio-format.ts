/** What a sound is shows in its first bytes, here of its base64; raw samples show nothing. */
export function audioFormatOf(data: string): string {
  if (data.startsWith("UklGR")) return "wav";
  if (data.startsWith("T2dnU")) return "ogg";
  if (data.startsWith("ZkxhQ")) return "flac";
  return /^(?:SUQz|\/\/[tuv])/.test(data) ? "mp3" : "wav";
}
