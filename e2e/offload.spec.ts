/** The Offload panel: schedules on the papers' machines and on typed-in ones, wrong fields, links, keyboard; then a layer and a model really run. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { asFiles, type Contents, storyMoe, storyNano } from './model-files';
import { button, openPage } from './panel';

test.describe.configure({ mode: 'serial' });

const start = { panel: 'offload', backend: 'cpu', temperature: '0', length: '24' };
const heading = 'How can a model run that is larger than its memory?';

let page: Page;

const card = (name: string): Locator => page.getByRole('region', { name, exact: true });
const result = (): Locator => card('What comes out');
const figure = (key: string): Locator => result().locator(`[data-figure="${key}"] dd`).first();
const chart = (name: string): Locator => page.getByRole('figure', { name, exact: true });
const timeline = (): Locator => chart('Who waits for whom');
const policy = (name: string): Locator => page.getByRole('radio', { name, exact: true });
const field = (name: string): Locator => page.getByRole('textbox', { name, exact: true });
const machine = (): Locator => page.getByRole('combobox', { name: 'Machine' });

const idle = () => expect(page.locator('[data-working]')).toHaveCount(0, { timeout: 80_000 });
const give = (files: Contents) => page.getByLabel('Choose a model of your own').setInputFiles(asFiles(files));

const greedy = 'InfMoE’s greedy order (CPM-2 paper, reconstruction)';
const ring = 'Index-order prefetch (public InfMoE)';

async function open(values: Readonly<Record<string, string>> = {}): Promise<void> {
  await openPage(page, { ...start, ...values });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
}

/** Where the bars of a lane stand, by expert. */
async function bars(lane: string, run = 'Simulated'): Promise<Record<string, { from: number; to: number }>> {
  await timeline().scrollIntoViewIfNeeded();
  const found = timeline().locator(`[data-run="${run}"] [data-lane="${lane}"] [data-expert]`);
  await expect(found.first()).toBeVisible();
  const entries = await found.evaluateAll((groups) =>
    groups.map((group) => {
      const rect = group.querySelector('rect') as SVGRectElement;
      const from = Number(rect.getAttribute('x'));
      return [
        group.getAttribute('data-expert') ?? '',
        { from, to: from + Number(rect.getAttribute('width')) },
      ] as const;
    }),
  );
  return Object.fromEntries(entries);
}

test.beforeAll(async ({ browser }) => {
  page = await (await browser.newContext()).newPage();
});

test.afterAll(async () => {
  await page.context().close();
});

test('Figure 4 comes out to the printed digits, in index order and as InfMoE schedules it', async () => {
  await open();
  await expect(figure('makespan')).toHaveText(/^4\.64.β$/);
  await expect(result()).toContainText(/The paper prints 4\.64.β · simulation 4\.64.β/);
  await expect(result()).toContainText('Agrees to the printed digits.');
  await expect(result()).toContainText('Order 4-1-3-2');
  await expect(result()).toContainText('Both hold: after the first load nobody waits');
  await policy(ring).check();
  await expect(figure('makespan')).toHaveText(/^5\.94.β$/);
  await expect(result()).toContainText(/The paper prints 5\.94.β · simulation 5\.94.β/);
  await expect(result()).toContainText('Agrees to the printed digits.');
});

test('before anything is measured, what was recorded is shown and says so', async () => {
  const cost = card('What each policy cost');
  await expect(cost).toContainText(/recorded.*Recorded: \d{4}-\d\d-\d\d, CPU/);
  await expect(cost.locator('tr[data-policy="belady"]')).toContainText(/8 of 64/);
  const paper = card('Paper, simulation and this device');
  await expect(paper).toContainText(/You measured.*recorded/);
  await expect(paper.getByRole('table', { name: 'You measured' })).toContainText('InfMoE’s greedy order');
  await expect(paper).toContainText('Recorded.');
});

test('Figure 5 comes out to the printed digits, with and without InfMoE', async () => {
  await machine().selectOption('figure-5');
  await expect(result()).toContainText(/The paper prints 1\.36.s · simulation 1\.36.s/);
  await policy(greedy).check();
  await expect(result()).toContainText(/The paper prints 0\.89.s · simulation 0\.89.s/);
  await expect(result()).toContainText('Agrees to the printed digits.');
  await policy('Optimum (ours)').check();
  await expect(result()).toContainText('The optimum is searched for up to 10 experts, here 32 have tokens');
  await policy(greedy).check();
});

test('policy and K change the timeline: bars move, waits come and go', async () => {
  await machine().selectOption('figure-4');
  await button(page, 'K strict slots').click();
  const two = await bars('compute');
  expect(
    Object.entries(two)
      .sort(([, a], [, b]) => a.from - b.from)
      .map(([expert]) => expert),
  ).toEqual(['4', '1', '3', '2']);
  await expect(timeline().locator('[data-lane="load"] [data-wait="slot"]').first()).toBeAttached();
  await expect(figure('makespan')).toHaveText(/^5\.45.β$/);
  await expect(figure('peak')).toHaveText('2 of 2');
  await field('K').fill('3');
  await expect(figure('makespan')).toHaveText(/^4\.64.β$/);
  await expect(timeline().locator('[data-wait="slot"]')).toHaveCount(0);
  const three = await bars('load');
  // Nothing waits: each load begins where the one before it ended.
  expect(three['1']?.from).toBeCloseTo(three['4']?.to ?? 0, 0);
  expect(three['3']?.from).toBeCloseTo(three['1']?.to ?? 0, 0);
  await policy('On demand (ours)').check();
  await expect(figure('makespan')).toHaveText(/^7\.64.β$/);
  const order = await bars('compute');
  expect(
    Object.entries(order)
      .sort(([, a], [, b]) => a.from - b.from)
      .map(([expert]) => expert),
  ).toEqual(['1', '2', '3', '4']);
  await policy('All resident (ours)').check();
  await expect(timeline().locator('[data-lane="load"] [data-expert]')).toHaveCount(0);
  await policy(greedy).check();
  await button(page, 'paper’s (ii)').click();
  await field('K').fill('2');
});

test('an expert that is pointed at shows in both lanes and in words; the slider does the same by keyboard', async () => {
  const story = timeline().locator('[data-story]');
  await timeline().locator('[data-lane="compute"] [data-expert="3"]').hover();
  await expect(story).toContainText(/Expert 3\. load 2.β to 3.β, compute 3\.26.β to 4\.13.β/);
  await expect(timeline().locator('[data-pointed="true"]')).toHaveCount(2);
  await page.mouse.move(0, 0);
  await expect(timeline().locator('[data-pointed="true"]')).toHaveCount(0);
  const slider = timeline().getByRole('slider', { name: 'Expert pointed at' });
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuetext', /Expert 4\. load 0.β to 1.β, compute 1.β to 2\.94.β/);
  await expect(timeline().locator('[data-pointed="true"]')).toHaveCount(2);
  await page.keyboard.press('Home');
});

test('the timeline is a table too, and comes out as CSV', async () => {
  await button(page, 'Show “Who waits for whom” as a table').click();
  // Four loads, four computes, one wait, and the head.
  await expect(timeline().getByRole('row')).toHaveCount(10);
  const download = page.waitForEvent('download');
  await button(page, 'Download “Who waits for whom” as CSV').click();
  const lines = readFileSync(await (await download).path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('run,lane,expert,start,end,what');
  await button(page, 'Show “Who waits for whom” as a chart').click();
});

test('what cannot be used is a sentence with the next step, and what was typed stays', async () => {
  await field('K').fill('0');
  await expect(
    page.getByText('K is 0: a device without a slot can compute no expert. Give a whole number from 1 to 64.'),
  ).toBeVisible();
  await expect(field('K')).toHaveValue('0');
  await expect(result()).toContainText('There is nothing to simulate');
  await field('K').fill('2');
  await field('α of each expert').fill('1, two, 3');
  await expect(page.getByText('“two” is no time: give numbers of at least 0, with commas between them.')).toBeVisible();
  await expect(field('α of each expert')).toHaveValue('1, two, 3');
  await button(page, 'Back to the preset').click();
  await expect(figure('makespan')).toHaveText(/^4\.64.β$/);
  await machine().selectOption('cpm-2-v100');
  await field('or a budget, MiB').fill('100');
  await expect(
    page.getByText(/One expert takes 240.MiB, more than the budget of 100.MiB: give at least 240 MiB/),
  ).toBeVisible();
  await field('or a budget, MiB').fill('1,200');
  await expect(field('K')).toHaveValue('5');
  await field('K').fill('2');
  await expect(field('or a budget, MiB')).toHaveValue('480');
});

test('broken constraints are named with their places and mended; extreme imbalance cannot be', async () => {
  await machine().selectOption('cpm-2-v100');
  await expect(result()).toContainText('broken at t = 2–32');
  await expect(result()).toContainText(/There is too little to compute: with .* times the batch/);
  await button(page, 'Apply: a link 19.4 times as fast').click();
  await expect(result()).toContainText('Both hold');
  await expect(page.getByText('edited')).toBeVisible();
  await button(page, 'Back to the preset').click();
  await field('Imbalance').fill('1');
  await expect(result().locator('[data-verdict="uneven"]')).toContainText(
    'both cannot be met. The paper leaves such imbalance out of its scope',
  );
});

test('link, disk and batch do what they should', async () => {
  await machine().selectOption('cpm-2-v100');
  const seconds = async () =>
    Number.parseFloat(((await figure('makespan').textContent()) ?? '').replace(/[^\d.]/g, ''));
  const before = await seconds();
  await field('Link, GB/s').fill('20.14');
  await expect.poll(seconds).toBeLessThan(before);
  await field('Disk, GB/s').fill('2');
  await expect(timeline().locator('[data-lane="disk"] [data-expert]').first()).toBeAttached();
  await expect(field('Experts in memory')).toBeVisible();
  await field('Disk, GB/s').fill('none');
  await expect(timeline().locator('[data-lane="disk"]')).toHaveCount(0);
});

test('the sweep has every policy and the bound, as a table too', async () => {
  await machine().selectOption('figure-4');
  const sweep = chart('What is a slot worth?');
  await sweep.scrollIntoViewIfNeeded();
  await button(page, 'Show “What is a slot worth?” as a table').click();
  await expect(sweep.getByRole('columnheader')).toHaveText([
    'K',
    'All resident',
    'On demand',
    'Index-order prefetch',
    'InfMoE’s greedy order',
    'Johnson’s rule',
    'Optimum',
    'bound',
  ]);
  await expect(sweep.getByRole('row')).toHaveCount(6);
  await button(page, 'Show “What is a slot worth?” as a chart').click();
});

test('both rules stand side by side, and a case where they differ is found, the same for everyone', async () => {
  const rules = card('What is really being scheduled');
  await expect(rules.locator('[data-rule="paper"]')).toContainText(/takes 4\.64.β, holds up to 3 of 2/);
  await expect(rules.locator('[data-rule="strict"]')).toContainText(/takes 5\.45.β, holds up to 2 of 2/);
  await expect(rules).toContainText(/Here K strict slots take 0\.81.β longer/);
  await button(page, 'Find a case').click();
  await expect(machine()).toHaveValue('times');
  await expect(rules).toContainText(/Case \d+ is loaded/);
  await expect(rules.locator('[data-differ="true"]')).toBeVisible();
  const first = await field('α of each expert').inputValue();
  await button(page, 'Find a case').click();
  await expect(field('α of each expert')).not.toHaveValue(first);
  await rules.getByLabel('Case in which').selectOption('johnson');
  await button(page, 'Find a case').click();
  await expect(policy('Johnson’s rule (Johnson 1954)')).toBeChecked();
});

test('a link restores everything that was chosen', async () => {
  await open({
    'o.preset': 'phone',
    'o.policy': 'johnson',
    'o.rule': 'paper',
    'o.slots': '6',
    'o.tokens': '1024',
    'o.imbalance': '0.2',
    'o.link': '12',
    'o.disk': '3',
    'o.held': '16',
    'o.tier': 'files',
  });
  await expect(machine()).toHaveValue('phone');
  await expect(policy('Johnson’s rule (Johnson 1954)')).toBeChecked();
  await expect(button(page, 'paper’s (ii)')).toHaveAttribute('aria-pressed', 'true');
  for (const [name, value] of [
    ['K', '6'],
    ['Tokens in the batch', '1024'],
    ['Imbalance', '0.2'],
    ['Link, GB/s', '12'],
    ['Disk, GB/s', '3'],
    ['Experts in memory', '16'],
  ] as const)
    await expect(field(name)).toHaveValue(value);
  await field('K').fill('4');
  await expect.poll(() => page.url()).not.toContain('o.slots');
  await expect.poll(() => page.url()).toContain('o.link=12');
});

test('everything can be reached and changed by keyboard alone', async () => {
  await open();
  await machine().focus();
  await page.keyboard.press('Tab');
  await expect(page.locator('summary', { hasText: 'What is printed' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(policy(greedy)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(policy('Johnson’s rule (Johnson 1954)')).toBeChecked();
  await page.keyboard.press('Tab');
  await expect(field('K')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('3');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(button(page, 'K strict slots')).toHaveAttribute('aria-pressed', 'true');
  await expect(figure('makespan')).toHaveText(/^4\.64.β$/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open({ 'o.preset': 'cpm-2-consumer', 'o.imbalance': '3' });
    await expect(page.getByText('Give a number from 0 to 1.')).toBeVisible();
    await field('Imbalance').fill('0.1');
    await card('Paper, simulation and this device').scrollIntoViewIfNeeded();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
}

test('nothing is wider than a phone', async () => {
  await page.setViewportSize({ width: 360, height: 780 });
  for (const preset of ['figure-5', 'cpm-2-consumer', 'device', 'times']) {
    await machine().selectOption(preset);
    await expect(card('Paper, simulation and this device')).toBeAttached();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('a layer is really run: measured beside simulated, linked, with the error of the prediction', async () => {
  await open({ 'o.preset': 'device', 'o.experts': '8', 'o.width': '64', 'o.ffn': '128', 'o.slots': '2' });
  await expect(result()).toContainText('Not measured yet');
  await button(page, 'Measure').click();
  const rows = card('Table of measured policies');
  await expect(rows.locator('tbody tr')).toHaveCount(4, { timeout: 60_000 });
  await idle();
  await expect(rows.locator('tr[data-policy="infmoe"]')).toContainText(/[+−]?[\d.]+.%/);
  await expect(result()).toContainText(/β [\d.]+.(ms|µs).*loads and computes overlap to/);
  await expect(timeline()).toContainText(/The simulation is [+−]?[\d.]+.% off what was measured/);
  const measured = await bars('load', 'Measured');
  expect(Object.keys(measured)).toHaveLength(8);
  // Never more than K experts on the device.
  for (const peak of await rows.locator('tbody tr td:last-child').allTextContents())
    expect(Number(peak)).toBeLessThanOrEqual(2);
  await timeline().locator('[data-run="Measured"] [data-lane="compute"] [data-expert="5"] rect').hover({ force: true });
  await expect(timeline().locator('[data-pointed="true"]')).toHaveCount(4);
  await expect(timeline().locator('[data-story]')).toContainText(/Simulated: .* Measured: /);
  await expect(
    card('Paper, simulation and this device').getByRole('table', { name: 'You measured' }).getByRole('row'),
  ).toHaveCount(5);
  await field('Experts').fill('9');
  await expect(result()).toContainText('Layer or routing were changed since');
});

test('the shipped model with experts opens by itself when its part of the page comes near', async () => {
  await open();
  const live = card('A model that does not fit, writing');
  await live.scrollIntoViewIfNeeded();
  await expect(live.locator('[data-facts]')).toContainText(/4 layers of 16 experts: 6\.2.MiB of experts, 99.KiB each/);
  await expect(live.getByLabel('Model with experts')).toHaveValue('story-moe');
  await expect(button(page, 'Write under the budget')).toBeEnabled();
});

test('without a model with experts there is a way to give one; a dense model is refused and the page goes on', async () => {
  await open({ 'o.model': 'file gone' });
  const live = card('A model that does not fit, writing');
  await expect(live).toContainText('gone must be given again');
  await give(storyNano());
  await expect(page.getByRole('alert')).toContainText(/experts/);
  await button(page, 'Dismiss').click();
  await expect(live).toContainText('No model with experts is open');
});

test('under a budget of fewer slots than experts the text is that of all resident, and the meter keeps to K', async () => {
  const live = card('A model that does not fit, writing');
  await give(storyMoe());
  await expect(live.locator('[data-facts]')).toContainText(/4 layers of 16 experts/);
  await field('K').last().fill('6');
  await expect(live).toContainText(/6 slots of 64/);
  await button(page, 'Write beside all resident').click();
  await expect(live.locator('[data-equal="true"]')).toContainText('Both wrote the same ids', { timeout: 60_000 });
  const [under, resident] = await live.locator('[data-written]').allTextContents();
  expect(under).toBe(resident);
  expect(under?.length).toBeGreaterThan(60);
  await expect(live.locator('[data-figure="peak"] dd').first()).toHaveText('6 of 6');
  await expect(live.locator('[data-figure="speed"] dd').first()).toHaveText(/^[\d.,]+$/);
  await expect(live.locator('[data-figure="hits"] dd').first()).toHaveText(/%$/);
  await expect(live.locator('[data-figure="moved"] dd').first()).toHaveText(/[KM]iB$/);
  await expect(live.getByRole('meter')).toHaveAttribute('max', '6');
});

test('every policy writes that text, with any K', async () => {
  test.slow();
  const live = card('A model that does not fit, writing');
  const text = (await live.locator('[data-written]').first().textContent()) ?? '';
  for (const [chosen, slots] of [
    ['on-demand', '1'],
    ['ring', '2'],
    ['infmoe', '3'],
    ['johnson', '16'],
    ['predicted', '20'],
    ['pinned', '5'],
    ['belady', '8'],
  ] as const) {
    await live.getByLabel('Policy').selectOption(chosen);
    await field('K').last().fill(slots);
    await button(page, 'Write under the budget').click();
    await expect(live).toContainText('Done: the length is reached.', { timeout: 60_000 });
    await idle();
    await expect(live).toContainText(`${slots} slot`);
    expect(await live.locator('[data-written]').first().textContent(), `${chosen} with K = ${slots}`).toBe(text);
  }
  const cost = card('What each policy cost');
  await expect(cost).toContainText('Measured here');
  // Seven policies, the least recently used before them, and all resident.
  await expect(cost.locator('tbody tr')).toHaveCount(9);
  await expect(cost.locator('tr[data-policy="pinned"]')).toContainText(/5 of 64/);
});

test('experts by token, a measured layer, both languages and the sweep follow from the text', async () => {
  const map = chart('Which expert did each token take?');
  await map.scrollIntoViewIfNeeded();
  await button(page, 'Show “Which expert did each token take?” as a table').click();
  // 24 tokens through four layers, and the head.
  await expect(map.getByRole('row')).toHaveCount(97);
  const layer = chart('One layer, as it was measured');
  await layer.scrollIntoViewIfNeeded();
  await expect(layer.locator('[data-run="Measured"] [data-lane="compute"] [data-expert]').first()).toBeAttached();
  await button(page, 'last token').click();
  await layer.getByLabel('Layer', { exact: true }).selectOption('3');
  await expect(layer).toContainText('1 expert for 1 token');
  await button(page, 'Write in both languages').click();
  const languages = chart('Do experts specialise by language?');
  await expect(languages).toContainText(/English and Chinese share the experts of a layer to \d+.%.*which is chance/, {
    timeout: 60_000,
  });
  await idle();
  await button(page, 'Sweep K').click();
  const sweep = chart('Tokens a second against K, for this text');
  await expect(sweep).toContainText('Simulated over the requests of 24 tokens');
  await sweep.scrollIntoViewIfNeeded();
  await expect(sweep.locator('svg path').first()).toBeAttached();
});

test('a text is cancelled and what was written stays; a second press while it writes changes nothing', async () => {
  const live = card('A model that does not fit, writing');
  // Every expert is read from its file for every token: slow enough to be stopped.
  await live.getByRole('button', { name: 'files', exact: true }).click();
  await live.getByLabel('Policy').selectOption('on-demand');
  await live.getByLabel('Length').fill('220');
  await button(page, 'Write under the budget').dblclick();
  await expect(button(page, 'Write under the budget')).toBeDisabled();
  await expect(live).toContainText(/[1-9]\d* of 220 tokens/);
  await live.getByRole('button', { name: 'Cancel' }).click();
  await expect(live).toContainText('Stopped: what was written stays.');
  await idle();
  const written = (await live.locator('[data-written]').first().textContent()) ?? '';
  expect(written.length).toBeGreaterThan(50);
  await expect(button(page, 'Write under the budget')).toBeEnabled();
  await live.getByLabel('Length').fill('24');
  await live.getByRole('button', { name: 'memory', exact: true }).click();
});

test('K = 0 and a budget below one expert are sentences, and nothing can be pressed', async () => {
  const live = card('A model that does not fit, writing');
  await field('K').last().fill('0');
  await expect(live).toContainText(
    'K is 0: a device without a slot can compute no expert. Give a whole number from 1 to 64.',
  );
  await expect(button(page, 'Write under the budget')).toBeDisabled();
  await field('K').last().fill('6');
  await field('Budget, MiB').fill('0.01');
  await expect(live).toContainText(/One expert takes 99.KiB, more than the budget of 10.KiB/);
  await expect(button(page, 'Write under the budget')).toBeDisabled();
  await field('Budget, MiB').fill('0.3');
  await expect(live).toContainText(/3 slots of 64/);
  await field('Budget, MiB').fill('');
});

test('from files, a damaged expert is noticed and mended, and the text is the same', async () => {
  const live = card('A model that does not fit, writing');
  await live.getByRole('button', { name: 'files', exact: true }).click();
  await button(page, 'Write under the budget').click();
  await expect(live).toContainText(/\d+ files read, 0 damaged and mended/, { timeout: 60_000 });
  await idle();
  const text = await live.locator('[data-written]').first().textContent();
  await button(page, 'Damage a file').click();
  await expect(live).toContainText(/The file of expert \d+ of layer \d+ is damaged/);
  await button(page, 'Write under the budget').click();
  await expect(live).toContainText(/\d+ files read, [1-9]\d* damaged and mended/, { timeout: 60_000 });
  await idle();
  expect(await live.locator('[data-written]').first().textContent()).toBe(text);
  await live.getByRole('button', { name: 'memory', exact: true }).click();
});

test('on the GPU too, the text under a budget is that of all resident', async () => {
  test.slow();
  await open({ backend: 'gpu', length: '12', 'o.liveSlots': '5', 'o.livePolicy': 'infmoe', 'o.model': 'file gone' });
  const live = card('A model that does not fit, writing');
  await give(storyMoe());
  await button(page, 'Write beside all resident').click();
  await expect(live.locator('[data-equal="true"]')).toContainText('Both wrote the same ids', { timeout: 120_000 });
  await expect(live.locator('[data-figure="peak"] dd').first()).toHaveText(/^\d+ of 5$/);
});

test('a device that is lost while it writes is replaced, and the text is the same', async () => {
  test.slow();
  const live = card('A model that does not fit, writing');
  const go = (name: string) => page.getByRole('link', { name, exact: true }).click();
  // Every expert comes from its file for every token: still writing when the device goes.
  await live.getByRole('button', { name: 'files', exact: true }).click();
  await live.getByLabel('Policy').selectOption('on-demand');
  await live.getByLabel('Length').fill('200');
  await button(page, 'Write under the budget').click();
  await expect(live).toContainText(/[1-9]\d* of 200 tokens/, { timeout: 60_000 });
  await go('Device');
  await button(page, 'Lose the device').click();
  await expect(page.getByText(/The GPU device was lost .* A new one took over/)).toBeVisible();
  await go('Offload');
  await idle();
  const lost = await live.locator('[data-written]').first().textContent();
  expect(lost?.length).toBeGreaterThan(300);
  await button(page, 'Write under the budget').click();
  await expect(live).toContainText(/[1-9]\d* of 200 tokens/, { timeout: 60_000 });
  await idle();
  expect(await live.locator('[data-written]').first().textContent()).toBe(lost);
});

test('axe finds nothing with a text written, and nothing is wider than a phone', async () => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 780 });
  await chart('Which expert did each token take?').scrollIntoViewIfNeeded();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
