/** Multipart bodies and the heads of messages, as bytes. */

/** `parts` are whole: head, empty line, content. */
export function multipart(boundary: string, parts: readonly Buffer[]): Buffer {
  const delimiter = Buffer.from(`--${boundary}\r\n`, "latin1");
  const lineEnd = Buffer.from("\r\n");
  return Buffer.concat([...parts.flatMap((part) => [delimiter, part, lineEnd]), Buffer.from(`--${boundary}--\r\n`, "latin1")]);
}

/** With the empty line behind it. */
export function headBytes(rawHeaders: readonly string[]): Buffer {
  let text = "";
  for (let index = 0; index < rawHeaders.length; index += 2) text += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  return Buffer.from(`${text}\r\n`, "latin1");
}
