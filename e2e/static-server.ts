/**
 * Serves a folder under a sub-path, as a plain static host would: no rewriting, 404 for what is not there, and no headers
 * unless given.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export interface Hosting {
  /** Sent with every file. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What some files are answered with, by a part of their path: a text, null for 404, undefined for their own content. */
  readonly instead?: Readonly<Record<string, () => string | null | undefined>>;
}

/** Returns the address of the folder and a way to stop. */
export async function serveFolder(
  folder: string,
  subPath: string,
  { headers = {}, instead = {} }: Hosting = {},
): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const inside = pathname.startsWith(subPath) ? decodeURIComponent(pathname.slice(subPath.length)) : null;
    const file = inside === null ? '' : path.join(folder, inside || 'index.html');
    const [, answer] = Object.entries(instead).find(([part]) => pathname.includes(part)) ?? [];
    const other = answer?.();
    if (other === null || !file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404, headers).end();
      return;
    }
    response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'application/octet-stream', ...headers });
    if (other === undefined) createReadStream(file).pipe(response);
    else response.end(other);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}${subPath}`, stop: () => server.close() };
}
