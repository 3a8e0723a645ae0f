/** What the page's workers answer, kept in the page: for recording what a person would have seen. */
import type { Page } from '@playwright/test';
import type { Event } from '../src/worker/protocol';

/** Before the page is opened. */
export async function keepEvents(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const events: unknown[] = [];
    Object.assign(window, { events });
    window.Worker = class extends Worker {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        this.addEventListener('message', (message) => events.push(message.data));
      }
    };
  });
}

/** All of them so far. */
export function keptEvents(page: Page): Promise<Event[]> {
  return page.evaluate(() => (window as unknown as { events: Event[] }).events);
}

/** The last of a type; there must be one. */
export function lastOf<T extends Event['type']>(events: readonly Event[], type: T): Extract<Event, { type: T }> {
  return events.findLast((event) => event.type === type) as Extract<Event, { type: T }>;
}
