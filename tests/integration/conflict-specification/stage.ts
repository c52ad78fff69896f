/** What the cases of the acceptance run share: the running scene, and a resource of its own for each of them. */
import type { Answered, Scene } from "./scene.ts";

export class Stage {
  #scene: Scene | null = null;
  count = 0;

  get scene(): Scene {
    if (this.#scene === null) throw new Error("the scene has not been set");
    return this.#scene;
  }

  open(scene: Scene): void {
    this.#scene = scene;
  }

  async close(): Promise<void> {
    await this.#scene?.[Symbol.asyncDispose]();
  }

  /** Its path on the gateway; `kind` is where the service's upstream keeps it. */
  fresh(service: string, kind: string, value: unknown = { title: "one", n: 1 }): string {
    this.count += 1;
    this.scene.upstream.put(`/${kind}/r${this.count}`, value);
    return `/${service}/r${this.count}`;
  }
}

export function essence({ status, json }: Answered): unknown[] {
  return [status, json["cause"] ?? null, json["subcause"] ?? null];
}

export function date(secondsFromNow: number): string {
  return new Date(Date.now() + secondsFromNow * 1_000).toUTCString();
}
