/**
 * A service worker for hosts that cannot set headers: it adds those of cross-origin isolation, which SharedArrayBuffer and so
 * the threads of the CPU backend need, to what the host answers. It keeps nothing, changes no body and never answers by itself.
 * Registered by src/ui/state/isolation.ts. The headers are those of vite.config.ts.
 */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

// A new version takes over at once: it has no state that two versions could disagree about.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const own = new URL(request.url).origin === self.location.origin;
  // Not answering leaves the request to the browser. `only-if-cached` may not be fetched from here; a part of a file is data.
  if (!own || request.method !== 'GET' || request.cache === 'only-if-cached' || request.headers.has('range')) return;
  event.respondWith(withHeaders(request));
});

async function withHeaders(request) {
  const response = await fetch(request);
  // Errors, opaque answers and the redirect of a navigation (status 0) go on as they are.
  if (!response.ok) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(isolation)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
