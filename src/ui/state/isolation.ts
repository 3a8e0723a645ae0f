/**
 * Cross-origin isolation on a host that sends no headers for it (docs/architecture.md, Hosting): without it the browser gives no
 * SharedArrayBuffer, and the CPU computes with one thread. A service worker, public/isolation.js, adds the headers, but only to
 * a page that is loaded through it: the first visit needs one reload. It happens by itself while nobody has done anything that
 * it could undo, and once a session; otherwise the next visit is the isolated one. Whatever fails here, the page goes on.
 */

interface Situation {
  isolated: boolean;
  /** HTTPS or localhost: anywhere else neither the headers nor a service worker count. */
  secure: boolean;
  serviceWorkers: boolean;
  /** Inside another page, whose headers decide for both. */
  framed: boolean;
  /** The service worker is active: the page would be isolated if it were loaded now. */
  active: boolean;
  /** The person has done something that a reload could undo. */
  touched: boolean;
}

export function nextStep(now: Readonly<Situation>): 'none' | 'register' | 'reload' {
  if (now.isolated || !now.secure || !now.serviceWorkers || now.framed) return 'none';
  if (!now.active) return 'register';
  return now.touched ? 'none' : 'reload';
}

/** Takes the one reload of this session. Refuses where that cannot be remembered: the page would reload for ever. */
export function takeReload(storage: () => Pick<Storage, 'getItem' | 'setItem'>, page: string): boolean {
  const key = `isolation ${page}`;
  try {
    if (storage().getItem(key) !== null) return false;
    storage().setItem(key, 'reloaded');
    return storage().getItem(key) !== null;
  } catch {
    return false;
  }
}

/** Moving the pointer is no touch. `click` and `input` come without pointer or key from assistive technology, `dragenter` from a file. */
const touches = ['pointerdown', 'keydown', 'wheel', 'click', 'input', 'dragenter'];

export async function isolate(): Promise<void> {
  let touched = false;
  const step = (active: boolean) =>
    nextStep({
      isolated: crossOriginIsolated,
      secure: isSecureContext,
      serviceWorkers: 'serviceWorker' in navigator,
      framed: window.top !== window,
      active,
      touched,
    });
  if (step(false) !== 'register') return;
  const touch = () => {
    touched = true;
  };
  for (const name of touches) addEventListener(name, touch, { capture: true, once: true, passive: true });
  try {
    // Beside the page, so that its scope is the folder of the page under any path.
    await navigator.serviceWorker.register('./isolation.js');
    await navigator.serviceWorker.ready;
  } catch {
    // Switched off in the browser, or the file is not there: one thread it is.
    return;
  }
  if (step(true) === 'reload' && takeReload(() => sessionStorage, location.pathname)) location.reload();
}
