/**
 * Serves folders of this machine to one page, on 127.0.0.1 and a free port, with the headers that make the page
 * cross-origin isolated: threads in WebAssembly and clocks of full resolution need them.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** `mounts`: folder by the first part of the path; '' is the page. Resolves with its address and how to close it. */
export async function serveFolders(mounts) {
  const server = createServer(async (request, response) => {
    const file = fileOf(mounts, new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
    const content = file && (await readFile(file).catch(() => null));
    response.writeHead(content ? 200 : 404, {
      'content-type': (file && types[path.extname(file)]) ?? 'application/octet-stream',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    response.end(content ?? '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** Null for an address outside its folder. */
function fileOf(mounts, pathname) {
  const [first, ...rest] = decodeURIComponent(pathname).slice(1).split('/');
  const [folder, inside] = mounts[first] && rest.length > 0 ? [mounts[first], rest] : [mounts[''], [first, ...rest]];
  const file = path.join(folder, ...inside, pathname.endsWith('/') ? 'index.html' : '');
  return file.startsWith(folder + path.sep) ? file : null;
}
