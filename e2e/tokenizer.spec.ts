/** The Tokenizer panel: a vocabulary, a count, the slider, what falls apart, files that are no text, and a pruned model. On the CPU. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { type Download, expect, type Locator, type Page, test } from '@playwright/test';
import { tokenizerOf } from './model-files';
import { button, openPage } from './panel';

test.describe.configure({ mode: 'serial' });

const start = { panel: 'tokenizer', backend: 'cpu', 'k.characters': '200000' };

let page: Page;

const vocabulary = (): Locator => page.getByRole('combobox', { name: 'Vocabulary' });
const contents = (): Locator => page.getByRole('region', { name: 'What is in it' });
const counted = (): Locator => page.getByRole('status', { name: 'What was counted' });
const results = (): Locator => page.getByRole('region', { name: 'What pruning does' });
const figure = (name: string): Locator => results().locator(`dl [data-figure="${name}"] dd`).first();
const slider = (): Locator => page.getByRole('slider', { name: 'Kept pieces' });
const number = (): Locator => page.getByRole('textbox', { name: 'Kept pieces as a number' });
const method = (): Locator => page.getByRole('combobox', { name: 'Method' });
const readout = (): Locator => page.locator('[data-readout]');
const tokens = (row: 'before' | 'after'): Locator => page.locator(`[data-row="${row}"] [data-place]`);

async function open(values: Readonly<Record<string, string>> = start): Promise<void> {
  await openPage(page, values);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How large a vocabulary does a tiny model need?');
  await expect(contents()).toContainText('pieces');
}

async function count(): Promise<void> {
  await page.getByRole('button', { name: /^Count/ }).click();
  await expect(results()).toContainText('Measured here');
}

/** Drops a file of these bytes on the page. */
async function drop(name: string, bytes: Uint8Array): Promise<void> {
  await page.evaluate(
    ([called, numbers]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(numbers)], called));
      dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
    },
    [name, [...bytes]] as const,
  );
}

async function downloads(many: number, action: () => Promise<void>): Promise<readonly Download[]> {
  const found: Download[] = [];
  const listen = (download: Download) => found.push(download);
  page.on('download', listen);
  await action();
  await expect.poll(() => found.length).toBe(many);
  page.off('download', listen);
  return found;
}

const digits = (text: string | null): number => Number((text ?? '').replaceAll(/[^\d.]/g, ''));
const keptNow = async (): Promise<number> => digits(await figure('kept').textContent());

test.beforeAll(async ({ browser }) => {
  page = await (await browser.newContext()).newPage();
});

test.afterAll(async () => {
  await page.context().close();
});

test('before anything is counted a recorded result is shown, says so, and follows the slider', async () => {
  await open();
  await expect(contents()).toContainText('92,544 pieces');
  await expect(results()).toContainText(/at 48,000 pieces\s*recorded/);
  await expect(results()).toContainText(/Recorded: InternLM2 on .*\d{4}-\d\d-\d\d/);
  await button(page, 'Keep 8,000 pieces').click();
  await expect(results()).toContainText('at 8,000 pieces');
  const chart = page.getByRole('figure', { name: 'Coverage against vocabulary size' });
  await chart.scrollIntoViewIfNeeded();
  await expect(chart).toContainText('Recorded (InternLM2');
  await expect(chart.locator('[data-key] li')).toHaveCount(4);
  await button(page, 'Keep 48,000 pieces').click();
});

test('a count says what it found, and both methods stand beside each other by language', async () => {
  await count();
  await expect(counted()).toContainText(/StoryWorld: 20\d.k characters are [\d.]+.k tokens of [\d,]+ distinct pieces/);
  await expect(figure('kept')).toHaveText('48,000');
  await expect(figure('cut')).toHaveText('44,544');
  await expect(results().getByRole('columnheader', { name: 'Chinese' })).toHaveCount(2);
  await expect(results()).toContainText('The paper’s rule:');
  await expect(results()).toContainText(/covers 100\.00.% and takes 18\.07.% .*it satisfies the rule/);
  const chart = page.getByRole('figure', { name: 'Coverage against vocabulary size' });
  await expect(chart).toContainText('Measured here (InternLM2 on StoryWorld)');
});

test('the slider is moved by keyboard, to both ends and step by step', async () => {
  await slider().focus();
  await page.keyboard.press('Home');
  await expect(number()).toHaveValue('410');
  await expect(page.getByText('always stay: the least is 410')).toBeVisible();
  await expect(figure('kept')).toHaveText('410');
  await page.keyboard.press('End');
  await expect(figure('kept')).toHaveText('92,544');
  await expect(figure('growth')).toHaveText(/^1\.000/);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(keptNow).toBeLessThan(92_544);
  expect(await keptNow()).toBeGreaterThan(91_000);
});

test('the slider is dragged by mouse, and the last place is the one that counts', async () => {
  await slider().scrollIntoViewIfNeeded();
  const box = await slider().boundingBox();
  if (!box) throw new Error('The slider has no box.');
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width - 8, middle);
  await page.mouse.down();
  for (let part = 20; part >= 10; part -= 1) await page.mouse.move(box.x + (box.width * part) / 20, middle);
  await page.mouse.up();
  const wanted = digits(await number().inputValue());
  // Half of the way between 410 and 92,544 on a log scale.
  expect(wanted).toBeGreaterThan(5000);
  expect(wanted).toBeLessThan(7500);
  await expect.poll(keptNow).toBe(wanted);
});

test('a size that cannot be is a sentence, and nothing typed is lost', async () => {
  const before = await keptNow();
  await number().fill('0');
  await expect(
    page.getByText('The special pieces and the 256 single bytes always stay: the least is 410.'),
  ).toBeVisible();
  await expect(number()).toHaveAttribute('aria-invalid', 'true');
  await number().blur();
  await expect(number()).toHaveValue('0');
  expect(await keptNow()).toBe(before);
  await number().fill('many');
  await expect(page.getByText('Give a whole number from 410 to 92,544.')).toBeVisible();
  await number().fill('8,000');
  await expect(figure('kept')).toHaveText('8,000');
});

test('merge-closed pruning keeps no dead pieces, quotas have a share, and a minimum count decides the size', async () => {
  expect(digits(await figure('dead').textContent())).toBeGreaterThan(0);
  await method().selectOption('closed');
  await expect(figure('dead')).toHaveText('0');
  await expect(results()).toContainText('Merge-closed (ours) (chosen)');
  await method().selectOption('quota');
  await page.getByRole('slider', { name: 'Chinese places' }).fill('0.2');
  await expect(results()).toContainText('Quota per language (ours) (chosen)');
  await method().selectOption('frequency');
  await button(page, 'minimum count (ours)').click();
  await page.getByLabel('Least occurrences').fill('5');
  await expect.poll(keptNow).toBeLessThan(8000);
  await button(page, 'size').click();
  await expect(figure('kept')).toHaveText('8,000');
});

test('coverage after re-encoding is measured at many sizes, and the charts come out as tables', async () => {
  await button(page, 'Measure after re-encoding').click();
  const growth = page.getByRole('figure', { name: 'Growth of the text in tokens' });
  await expect(growth).toContainText(/at 8,0\d\d English [\d.]+.×, Chinese [\d.]+.×/, { timeout: 80_000 });
  await expect(button(page, 'Measure after re-encoding')).toBeEnabled({ timeout: 80_000 });
  const coverage = page.getByRole('figure', { name: 'Coverage against vocabulary size' });
  await button(page, 'Show “Coverage against vocabulary size” as a table').click();
  expect(await coverage.getByRole('row').count()).toBeGreaterThan(30);
  await button(page, 'Show “Coverage against vocabulary size” as a chart').click();
  await page
    .getByRole('group', { name: 'Language of the coverage chart' })
    .getByRole('button', { name: 'Chinese' })
    .click();
  await expect(coverage).toContainText('Share of Chinese tokens');
  const [file] = await downloads(1, () => button(page, 'Download “Dead pieces among the kept” as CSV').click());
  const rows = readFileSync((await file?.path()) ?? '', 'utf8')
    .trim()
    .split('\r\n');
  expect(rows).toHaveLength(20);
});

test('a text is shown before and after, token by token, by mouse and by keyboard', async () => {
  await button(page, 'Keep 8,000 pieces').click();
  await page.getByLabel('Text that is read with both vocabularies').fill('A melancholy whale\n鲸鱼 extraordinarily');
  // Until then it is the text before that falls apart.
  await expect(tokens('before').first()).toContainText('A');
  const broken = page.locator('[data-broken="true"]');
  await expect(broken.first()).toBeVisible();
  await broken.first().locator('[data-row="before"] [data-place]').first().hover();
  await expect(readout()).toContainText(/id [\d,]+ · .*written as .* after pruning/);
  await broken.first().locator('[data-row="after"] [data-place]').first().hover();
  await expect(readout()).toContainText('comes of');
  await tokens('before').first().focus();
  await expect(readout()).toContainText('A');
  await page.keyboard.press('End');
  await expect(tokens('before').last()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-row="after"] :focus')).toHaveCount(1);
  await page.keyboard.press('Home');
  await expect(tokens('after').first()).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(tokens('after').nth(1)).toBeFocused();
  await expect(tokens('after').nth(1)).toHaveAccessibleName(/, after: id [\d,]+/);
  const totals = page.getByRole('region', { name: 'Totals' });
  const [before, after] = await totals.getByRole('row').nth(1).getByRole('cell').allTextContents();
  expect(digits(after ?? '')).toBeGreaterThan(digits(before ?? ''));
  await expect(totals.getByRole('row', { name: /KV cache/ })).toContainText(/KiB|MiB/);
});

test('what was cut can be searched by its text, its length and its language, page by page', async () => {
  const list = page.getByRole('region', { name: 'Table of pieces' });
  await expect(list.getByRole('row')).toHaveCount(51);
  await expect(page.getByText(/84,544 pieces · Page 1 of 1,691/)).toBeVisible();
  await button(page, 'Later').click();
  await expect(page.getByText(/Page 2 of/)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search' }).fill('whale');
  await expect(list.getByRole('rowheader').first()).toContainText('whale');
  await expect(page.getByText(/Page 1 of 1$/)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search' }).fill('');
  await page.getByRole('combobox', { name: 'Language' }).selectOption('zh');
  await page.getByRole('textbox', { name: 'Characters', exact: true }).last().fill('4');
  await expect(list.getByRole('row').nth(1).getByRole('cell').first()).toHaveText('4');
  await expect(list.getByRole('rowheader').first()).toHaveText(/\p{Script=Han}/u);
  await button(page, 'dead').click();
  await expect(page.getByText(/No dead piece fits\.|Page 1 of/).first()).toBeVisible();
});

test('the pruned tokenizer is saved, and dropped back it is a vocabulary of that size', async () => {
  await button(page, 'Keep 8,000 pieces').click();
  await expect(figure('kept')).toHaveText('8,000');
  const [file] = await downloads(1, () => button(page, 'Download tokenizer.json').click());
  const name = file?.suggestedFilename() ?? '';
  expect(name).toMatch(/8000\.json$/);
  const content = readFileSync((await file?.path()) ?? '');
  await page
    .getByLabel('Choose a tokenizer.json')
    .setInputFiles({ name, mimeType: 'application/json', buffer: content });
  await expect(contents()).toContainText('8,000 pieces');
  await expect(vocabulary()).toContainText(name);
  await count();
  await expect(figure('kept')).toHaveText('4,000');
});

test('a tokenizer of another kind is refused by name, and the one before it stays', async () => {
  const unigram = JSON.stringify({ version: '1.0', model: { type: 'Unigram', vocab: [['a', -1]] }, added_tokens: [] });
  await drop('other.json', Buffer.from(unigram));
  await expect(page.getByRole('alert')).toContainText('Unigram');
  await expect(contents()).toContainText('8,000 pieces');
  await expect(figure('kept')).toHaveText('4,000');
  await button(page, 'Dismiss').click();
  await drop('broken.json', Buffer.from('{"model": '));
  await expect(page.getByRole('alert')).toContainText('broken.json');
  await button(page, 'Dismiss').click();
});

test('a dropped text is counted; one that is none says why', async () => {
  await open();
  await drop('whale.txt', Buffer.from('Call me Ishmael. 叫我以实玛利吧。\n'.repeat(50)));
  await expect(page.getByText(/whale\.txt, 2\.\d.KiB/)).toBeVisible();
  await count();
  await expect(counted()).toContainText('whale.txt: 1,300 characters');
  const aside = page.getByRole('complementary');
  await drop('photo.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1, 2));
  await expect(aside.getByRole('alert')).toContainText('photo.png is no text: byte 4 is 0');
  await drop('nothing.txt', new Uint8Array());
  await expect(aside.getByRole('alert')).toContainText('nothing.txt is empty');
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(20_000_001).fill(65)], 'huge.txt'));
    dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
  });
  await expect(aside.getByRole('alert')).toContainText(/huge\.txt has 20.MB: cut it/);
  await expect(counted()).toContainText('whale.txt');
});

test('a text in GB18030 names its first bytes and is read when asked to', async () => {
  // “中文” in GB18030, fifty times.
  const line = [0xd6, 0xd0, 0xce, 0xc4, 0x0a];
  await drop('old.txt', Uint8Array.from(Array.from({ length: 50 }, () => line).flat()));
  const alert = page.getByRole('complementary').getByRole('alert');
  await expect(alert).toContainText('old.txt is not UTF-8: at byte 0 stands D6 D0 CE C4');
  await button(page, 'Read as GB18030').click();
  await expect(page.getByText(/old\.txt, 250.B, read as GB18030/)).toBeVisible();
  await count();
  await expect(counted()).toContainText('old.txt: 150 characters');
  await drop('latin.txt', Uint8Array.from([...Buffer.from('caf'), 0xe9, ...Buffer.from(' au lait\n')]));
  await expect(alert).toContainText('at byte 3 stands E9 20 61 75');
  await button(page, 'Read as Latin-1 (Windows-1252)').click();
  await page.getByRole('button', { name: /^Count/ }).click();
  await expect(counted()).toContainText('latin.txt: 13 characters');
});

test('a count is cancelled, and the one before it stays', async () => {
  await button(page, 'StoryWorld').click();
  await page.getByRole('textbox', { name: 'Characters', exact: true }).first().fill('20,000,000');
  await expect(page.getByText('The text was changed since')).toBeVisible();
  await button(page, 'Count again').click();
  await expect(page.getByText(/of 20.M characters/)).toBeVisible();
  await button(page, 'Cancel').click();
  await expect(button(page, 'Count again')).toBeEnabled();
  await expect(counted()).toContainText('latin.txt: 13 characters');
});

test('a shipped model is measured pruned, and writes with both vocabularies', async () => {
  await open({ ...start, length: '24' });
  await button(page, 'Use Story nano’s').click();
  await expect(contents()).toContainText('1,536 pieces');
  await expect(vocabulary()).toHaveValue('model.story-nano');
  await count();
  await button(page, 'Keep 768 pieces').click();
  await expect(figure('kept')).toHaveText('768');
  await button(page, 'Measure the pruned model').click();
  const table = page.getByRole('region', { name: 'Table of the model before and after' });
  await expect(table).toBeVisible({ timeout: 85_000 });
  await expect(table.getByRole('row', { name: /^pieces/ })).toContainText('768');
  await expect(table.getByRole('row', { name: /^bits a character, Chinese/ })).toContainText(
    /\d\.\d+ \(.* to .*\).*\(.* to .*\)/,
  );
  await button(page, 'Write with both').click();
  await expect(page.getByRole('figure', { name: 'After', exact: true })).toContainText('24 tokens', {
    timeout: 60_000,
  });
  await expect(page.getByText(/They part at character|Both wrote the same/)).toBeVisible();
  const files = await downloads(4, () => button(page, 'Export model').click());
  expect(files.map((file) => file.suggestedFilename()).sort()).toEqual([
    'card.md',
    'config.json',
    'model.safetensors',
    'tokenizer.json',
  ]);
  await slider().press('ArrowRight');
  await expect(page.getByText('The pruning was changed since: measure again')).toBeVisible();
});

test('a measurement of a model is cancelled', async () => {
  await button(page, 'Measure the pruned model').click();
  await expect(page.getByText(/Scoring held-out text · [1-9]/)).toBeVisible({ timeout: 60_000 });
  await button(page, 'Cancel').click();
  await expect(button(page, 'Measure the pruned model')).toBeEnabled();
});

test('the shape and the budget derive the paper’s shares, and follow what is typed', async () => {
  const table = page.getByRole('region', { name: 'Table of vocabulary sizes and their cost' });
  await expect(table.getByRole('row', { name: /^48,000/ })).toContainText(/172.M\s*20\s*18\.07.%\s*18\.07.%/);
  await page.getByLabel('Tied head').check();
  await expect(table.getByRole('row', { name: /^48,000/ })).toContainText(/86.M\s*22/);
  await page.getByLabel('Width', { exact: true }).fill('0');
  await expect(page.getByText('This shape cannot be counted')).toBeVisible();
  await button(page, 'Back to the paper’s shape').click();
  await expect(table.getByRole('row', { name: /^48,000/ })).toContainText(/172.M/);
});

test('a link restores everything that was chosen', async () => {
  await open({
    ...start,
    'k.vocabulary': 'cl100k',
    'k.text': 'texts',
    'k.texts': 'wordnet,moby-dick',
    'k.method': 'closedQuota',
    'k.quotaShare': '0.3',
    'k.keep': '16000',
    'k.language': 'zh',
    'k.width': '512',
    'k.tied': 'on',
    'k.view': 'restored 文',
    'k.list': 'dead',
    'k.query': 'ab',
    'k.pieceLanguage': 'other',
    'k.length': '3',
  });
  await expect(vocabulary()).toHaveValue('cl100k');
  await expect(contents()).toContainText('100,256 pieces');
  await expect(page.getByRole('checkbox', { name: /Moby-Dick/ })).toBeChecked();
  await expect(method()).toHaveValue('closedQuota');
  await expect(page.getByRole('slider', { name: 'Chinese places' })).toHaveValue('0.3');
  await expect(number()).toHaveValue('16,000');
  await expect(page.getByLabel('Width', { exact: true })).toHaveValue('512');
  await expect(page.getByLabel('Tied head')).toBeChecked();
  await expect(page.getByLabel('Text that is read with both vocabularies')).toHaveValue('restored 文');
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('ab');
  await expect(page.getByRole('textbox', { name: 'Characters', exact: true }).last()).toHaveValue('3');
  await expect(button(page, 'dead')).toHaveAttribute('aria-pressed', 'true');
  await method().selectOption('frequency');
  await expect.poll(() => page.url()).not.toContain('k.method');
  await expect.poll(() => page.url()).toContain('k.quotaShare=0.3');
});

test('a tokenizer that only another visit had is asked for again', async () => {
  await openPage(page, { ...start, 'k.vocabulary': 'file mine.json' });
  await expect(page.getByText('mine.json must be given again')).toBeVisible();
  await page.getByLabel('Choose a tokenizer.json').setInputFiles({
    name: 'mine.json',
    mimeType: 'application/json',
    buffer: tokenizerOf('story-nano'),
  });
  await expect(contents()).toContainText('1,536 pieces');
  await expect(page.getByText('mine.json must be given again')).toHaveCount(0);
});

test('the question about trained vocabularies leads to the Architecture panel', async () => {
  await page.getByRole('link', { name: 'Train models with pruned vocabularies' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Where should a small budget of parameters go?');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How large a vocabulary does a tiny model need?');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open({ ...start, 'k.vocabulary': 'model.story-nano', length: '16' });
    await count();
    await expect(page.locator('[data-broken="true"]').first()).toBeVisible();
    await button(page, 'Write with both').click();
    await expect(page.getByRole('figure', { name: 'After', exact: true })).toContainText('16 tokens', {
      timeout: 60_000,
    });
    await drop('old.txt', Uint8Array.of(0xd6, 0xd0));
    await expect(button(page, 'Read as GB18030')).toBeVisible();
    await number().fill('0');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
}

test('nothing is wider than a phone', async () => {
  await page.setViewportSize({ width: 360, height: 780 });
  await expect(page.getByRole('region', { name: 'Table of pieces' })).toBeAttached();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.setViewportSize({ width: 1440, height: 900 });
});
