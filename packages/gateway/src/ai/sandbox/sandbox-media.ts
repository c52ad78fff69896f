/**
 * `sandbox/image` and `sandbox/tts`: a picture of stripes and a row of tones, made of the prompt's words, the same every time,
 * so that what shows pictures and plays speech can be tried without a key.
 */
import { crc32, deflateSync } from "node:zlib";
import { countTokens } from "./token-count.ts";

const side = 256;
const stripes = 8;
const samplesPerSecond = 8000;
const secondsPerWord = 0.15;
const mostWords = 40;

export interface SandboxMedia {
  readonly contentType: string;
  readonly body: Buffer;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
}

/** As OpenAI's images are answered, always in base64. */
export function sandboxImage(prompt: string, { count, nowSeconds }: { count: number; nowSeconds: number }): SandboxMedia {
  const data = Array.from({ length: count }, (_, index) => ({ b64_json: stripedPng(hashOf(`${prompt}${index}`)).toString("base64") }));
  const usage = { inputTokens: countTokens(prompt), outputTokens: count * stripes };
  const body = { created: nowSeconds, output_format: "png", data, usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens, total_tokens: usage.inputTokens + usage.outputTokens } };
  return { contentType: "application/json", body: Buffer.from(JSON.stringify(body)), usage };
}

/** Always WAV: a tone for each word. */
export function sandboxSpeech(input: string): SandboxMedia {
  const words = (input.match(/\S+/g) ?? [""]).slice(0, mostWords);
  const each = Math.round(samplesPerSecond * secondsPerWord);
  const samples = Buffer.alloc(words.length * each, 128);
  for (const [index, word] of words.entries()) {
    const hertz = 220 + (hashOf(word) % 440);
    for (let at = 0; at < each * 0.8; at++) samples[index * each + at] = 128 + Math.round(60 * Math.sin((2 * Math.PI * hertz * at) / samplesPerSecond));
  }
  return { contentType: "audio/wav", body: Buffer.concat([wavHead(samples.length), samples]), usage: { inputTokens: countTokens(input), outputTokens: words.length } };
}

/** RIFF, mono, eight bits a sample. */
function wavHead(bytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(36 + bytes, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(samplesPerSecond, 24);
  head.writeUInt32LE(samplesPerSecond, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(bytes, 40);
  return head;
}

/** PNG (RFC 2083), eight bits of red, green and blue. */
function stripedPng(seed: number): Buffer {
  const rows = Buffer.alloc(side * (1 + side * 3));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const stripe = hashOf(`${seed}/${Math.floor(((x + y) % side) / (side / stripes))}`);
      rows.writeUIntBE(stripe & 0xffffff, y * (1 + side * 3) + 1 + x * 3, 3);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}
