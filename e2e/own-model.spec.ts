/** A person's own model, right and wrong in every way: each mistake is a clear sentence and nothing is lost. */
import { expect, type Page, test } from '@playwright/test';
import { asFiles, type Contents, storyNano, tokenizerOf, tooLarge, withConfig, withHeader } from './model-files';
import { openPage, runToEnd, wholeText } from './panel';

test.describe.configure({ mode: 'serial' });

let page: Page;
let before: string;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await openPage(page, { prompt: 'Tom', length: '8' });
  await runToEnd(page);
  before = await wholeText(page);
});

test.afterAll(async () => {
  await page.close();
});

const give = (contents: Contents) => page.getByLabel('Choose files').setInputFiles(asFiles(contents));

const truncated = (): Contents => {
  const files = storyNano();
  const weights = files['model.safetensors'];
  return { ...files, 'model.safetensors': weights.subarray(0, Math.floor(weights.length / 2)) };
};
const corrupt = (): Contents => ({ ...storyNano(), 'model.safetensors': Buffer.from('this is no checkpoint at all') });
const withoutWeights = (): Contents => {
  const { 'config.json': config, 'tokenizer.json': tokenizer } = storyNano();
  return { 'config.json': config, 'tokenizer.json': tokenizer };
};

const mistakes: readonly (readonly [string, () => Contents, RegExp])[] = [
  ['a truncated file', truncated, /model\.safetensors.*(bytes|ends|short|truncated)/i],
  ['a file that is no safetensors', corrupt, /model\.safetensors/],
  ['a wrong shape', () => withConfig({ intermediate_size: 184 }), /shape \[.*184/],
  ['a wrong type', () => withHeader('"F16"', '"I16"'), /I16/],
  ['a missing tensor', () => withConfig({ tie_word_embeddings: false }), /lm_head\.weight/],
  ['a surplus tensor', () => withConfig({ shortcut_size: 0 }), /shortcut/],
  ['an unknown config value', () => withConfig({ norm: 'batch' }), /norm is "batch".*rms or layer/],
  ['an unknown config key', () => withConfig({ num_hidden_layer: 4 }), /num_hidden_layer/],
  [
    'a tokenizer of another model',
    () => ({ ...storyNano(), 'tokenizer.json': tokenizerOf('text-mini') }),
    /tokenizer\.json/,
  ],
  ['a missing file', withoutWeights, /model\.safetensors is missing/],
  ['a model larger than the adapter allows', tooLarge, /needs 1\.\d+ GiB in one buffer .* allows 1 GiB: choose/],
];

for (const [name, files, sentence] of mistakes) {
  test(`${name} is refused in a sentence, and the text and the model stay`, async () => {
    await give(files());
    const alert = page.getByRole('alert');
    await expect(alert).toHaveText(sentence);
    expect(await wholeText(page)).toBe(before);
    await expect(page.getByRole('radio', { name: /Story nano/ })).toBeChecked();
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await expect(alert).toBeHidden();
  });
}

test('after every mistake the model still writes', async () => {
  await page.getByRole('button', { name: 'Same seed again' }).click();
  await expect(page.getByText(/written:/)).toBeVisible();
  expect(await wholeText(page)).toBe(before);
});

test('the three files dropped on the page load, run and write what the shipped model writes', async () => {
  const files = asFiles(storyNano()).map(({ name, buffer }) => ({ name, base64: buffer.toString('base64') }));
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, files);
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await expect(page.getByRole('radio', { name: /own model/i })).toBeChecked();
  await page.getByRole('button', { name: 'Same seed again' }).click();
  await expect(page.getByText(/written:/)).toBeVisible();
  expect(await wholeText(page)).toBe(before);
});
