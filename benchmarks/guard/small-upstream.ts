/** An upstream that costs as little as one can: to every request without a body the same small document, however many arrive together. */
import { createServer, type Server } from "node:net";

const body = JSON.stringify({ title: "tracked" });
const answer = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const blankLine = Buffer.from("\r\n\r\n");

export function smallUpstream(): Server {
  return createServer({ noDelay: true }, (socket) => {
    /** How much of a blank line the last piece ended with. */
    let tail = Buffer.alloc(0);
    socket.on("data", (piece: Buffer) => {
      const bytes = tail.length === 0 ? piece : Buffer.concat([tail, piece]);
      let after = 0;
      let requests = 0;
      for (let end = bytes.indexOf(blankLine); end !== -1; end = bytes.indexOf(blankLine, after)) {
        after = end + blankLine.length;
        requests += 1;
      }
      tail = Buffer.from(bytes.subarray(Math.max(after, bytes.length - (blankLine.length - 1))));
      if (requests > 0) socket.write(answer.repeat(requests));
    });
    socket.on("error", () => socket.destroy());
  });
}
