/**
 * Records the generation that the page shows before a model writes: `RECORD=1 npx playwright test --project=record`.
 * It runs the built page as a person would and keeps what the worker answered.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from '@playwright/test';
import type { RecordedGeneration } from '../src/ui/state/recorded';
import type { Event } from '../src/worker/protocol';
import { openPage, runToEnd } from './panel';

const target = path.join(import.meta.dirname, '..', 'public', 'runs', 'generate.json');

test('record a generation', async ({ page, browser }) => {
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
  await openPage(page);
  await runToEnd(page);
  const events = await page.evaluate(() => (window as unknown as { events: Event[] }).events);
  const last = <T extends Event['type']>(type: T) =>
    events.findLast((event) => event.type === type) as Extract<Event, { type: T }>;
  const round = (value: number) => Number(value.toPrecision(4));
  const recorded: RecordedGeneration = {
    version: 1,
    model: last('model').model.id,
    adapter: last('device').device.adapter?.name ?? 'CPU',
    date: new Date().toISOString().slice(0, 10),
    how: `Recorded with e2e/record.ts in Chromium ${browser.version()} at the page's own settings.`,
    prompt: last('prompt').tokens,
    tokens: events
      .filter((event) => event.type === 'token')
      .map(({ token, elapsed }) => ({
        token: {
          ...token,
          probability: round(token.probability),
          entropy: round(token.entropy),
          alternatives: token.alternatives.map((entry) => ({ ...entry, probability: round(entry.probability) })),
        },
        elapsed: round(elapsed),
      })),
    reason: last('done').reason,
    report: last('done').report,
  };
  writeFileSync(target, `${JSON.stringify(recorded)}\n`);
});
