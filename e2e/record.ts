/**
 * Records the generation that the page shows before a model writes: `RECORD=1 npx playwright test --project=record`.
 * It runs the built page as a person would and keeps what the worker answered.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from '@playwright/test';
import type { RecordedGeneration } from '../src/ui/state/recorded';
import { openPage, runToEnd } from './panel';
import { keepEvents, keptEvents, lastOf } from './worker-events';

const target = path.join(import.meta.dirname, '..', 'public', 'runs', 'generate.json');

test('record a generation', async ({ page, browser }) => {
  await keepEvents(page);
  await openPage(page);
  await runToEnd(page);
  const events = await keptEvents(page);
  const round = (value: number) => Number(value.toPrecision(4));
  const recorded: RecordedGeneration = {
    version: 1,
    model: lastOf(events, 'model').model.id,
    adapter: lastOf(events, 'device').device.adapter?.name ?? 'CPU',
    date: new Date().toISOString().slice(0, 10),
    how: `Recorded with e2e/record.ts in Chromium ${browser.version()} at the page's own settings.`,
    prompt: lastOf(events, 'prompt').tokens,
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
    reason: lastOf(events, 'done').reason,
    report: lastOf(events, 'done').report,
  };
  writeFileSync(target, `${JSON.stringify(recorded)}\n`);
});
