/** Bounded load: a few callers, each one call after the other, until it is stopped. */

export interface LoadedCall {
  /** From the Parley-Call-Id header; null where no answer came. */
  id: string | null;
  /** 0 where no answer came. */
  status: number;
  /** Date.now() when the whole answer was there. */
  endedAt: number;
}

export interface Load {
  calls: LoadedCall[];
  stop(): Promise<LoadedCall[]>;
}

export interface LoadOptions {
  url: string;
  key: string;
  callers?: number;
  /** Each caller rests so long between two calls. */
  restMs?: number;
}

export function startLoad(options: LoadOptions): Load {
  const calls: LoadedCall[] = [];
  let going = true;
  const callers = Array.from({ length: options.callers ?? 4 }, async () => {
    while (going) {
      calls.push(await oneCall(options));
      await new Promise((resolve) => setTimeout(resolve, options.restMs ?? 5));
    }
  });
  return {
    calls,
    stop: async () => {
      going = false;
      await Promise.all(callers);
      return calls;
    },
  };
}

async function oneCall(options: LoadOptions): Promise<LoadedCall> {
  try {
    const response = await fetch(options.url, { headers: { authorization: `Bearer ${options.key}` } });
    await response.arrayBuffer();
    return { id: response.headers.get("parley-call-id"), status: response.status, endedAt: Date.now() };
  } catch {
    return { id: null, status: 0, endedAt: Date.now() };
  }
}
