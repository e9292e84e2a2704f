// The real server for browser tests: the program that CUTROOM_BIN names, a project in a folder of its
// own, and a free port.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { test as base, type Page } from "@playwright/test";

export const program = process.env.CUTROOM_BIN ?? "";
/** Real clips; tests that need them are skipped where they are not. */
export const media = resolve(process.env.CUTROOM_TEST_MEDIA ?? join(import.meta.dirname, "../../../../shared/media"));

export const hasMedia = (name: string) => existsSync(join(media, name));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), "cutroom-browser-"));
  readonly token = "0123456789abcdef0123456789abcdef";
  private running: ChildProcess | undefined;
  private port = 0;
  private said = "";

  get film(): string {
    return join(this.folder, "film.json");
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get page(): string {
    return `${this.origin}/?project=film&token=${this.token}`;
  }

  /** Runs a command of the program in the folder to its end. */
  run(...args: string[]): string {
    return execFileSync(program, args, { cwd: this.folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  write(name: string, value: unknown): void {
    writeFileSync(join(this.folder, name), typeof value === "string" ? value : JSON.stringify(value));
  }

  read(name: string): unknown {
    return JSON.parse(readFileSync(join(this.folder, name), "utf8"));
  }

  /** Starts it, at the address that it had before if it ran already. */
  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    const args = ["serve", "film.json", "--listen", `127.0.0.1:${this.port}`, "--token", this.token];
    if (existsSync(media)) args.push("--root", media);
    if (process.env.CUTROOM_PAGE !== undefined) args.push("--page", process.env.CUTROOM_PAGE);
    const running = spawn(program, args, { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
    this.running = running;
    running.stderr?.on("data", (data: Buffer) => (this.said += data.toString()));
    const line = await Promise.race([
      once(createInterface({ input: running.stdout as NodeJS.ReadableStream }), "line").then(([first]) =>
        String(first),
      ),
      once(running, "exit").then(() => ""),
    ]);
    if (!line.startsWith(this.origin)) throw new Error(`the server did not start: ${line}\n${this.said}`);
  }

  /** Ends it like a power cut. */
  async kill(): Promise<void> {
    const { running } = this;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill("SIGKILL");
    await ended;
    this.running = undefined;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async get(path: string): Promise<Response> {
    return fetch(`${this.origin}/api/v1${path}`, { headers: { Authorization: `Bearer ${this.token}` } });
  }

  async document(): Promise<{ revision: number; project: Record<string, unknown> }> {
    return (await this.get("/projects/film/document")).json() as Promise<{
      revision: number;
      project: Record<string, unknown>;
    }>;
  }
}

interface Fixtures {
  server: Program;
}

export const test = base.extend<Fixtures>({
  // Playwright reads the names of fixtures from this pattern.
  // eslint-disable-next-line no-empty-pattern
  server: async ({}, use) => {
    const server = new Program();
    await use(server);
    await server.stop();
  },
});

test.skip(program === "", "CUTROOM_BIN names no program");

/** Opens the page; errors of its scripts fail the test. */
export async function open(page: Page, server: Program): Promise<string[]> {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.addInitScript(() => {
    if (localStorage.getItem("cutroom.locale") === null) localStorage.setItem("cutroom.locale", "en");
    if (localStorage.getItem("cutroom.theme") === null) localStorage.setItem("cutroom.theme", "dark");
  });
  await page.goto(server.page);
  return problems;
}

export { expect } from "@playwright/test";
