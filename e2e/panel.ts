/** What the tests do on the Generate panel, in the words of the person who uses it. */
import { expect, type Locator, type Page } from '@playwright/test';

export const textRegion = (page: Page): Locator => page.getByRole('group', { name: /^Written text/ });
export const tokens = (page: Page): Locator => textRegion(page).getByRole('button');
export const writtenTokens = (page: Page): Locator => textRegion(page).locator('[data-prompt="false"]');
export const inspector = (page: Page): Locator => page.getByRole('region', { name: 'Selected token' });
export const alternatives = (page: Page): Locator => inspector(page).getByRole('button', { name: /^Go on with/ });
export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/**
 * Opens the page with these values in its address, without anything of an earlier visit. The GPU runs unless the values say
 * otherwise: what is fastest here is not for most tests to ask.
 */
export async function openPage(page: Page, values: Readonly<Record<string, string>> = {}): Promise<void> {
  const address = new URLSearchParams({ v: '1', backend: 'gpu', ...values });
  await page.goto('about:blank');
  await page.goto(`./#${address}`);
}

export async function modelReady(page: Page): Promise<void> {
  await expect(page.getByText(/is ready \(/)).toBeVisible({ timeout: 60_000 });
}

/** Waits until the run under way has ended. */
export async function ended(page: Page): Promise<void> {
  await expect(page.getByText(/tokens? written:/)).toBeVisible({ timeout: 60_000 });
  await expect(button(page, 'Run')).toBeVisible();
}

/** The badge in the header, which opens its details. */
export const badge = (page: Page): Locator => page.getByRole('banner').getByRole('button');

/** Runs the prompt and waits for the end. */
export async function runToEnd(page: Page): Promise<void> {
  await button(page, 'Run').click();
  await ended(page);
}

/** The whole text, the prompt first, without the marks of the begin token and of line breaks. */
export async function wholeText(page: Page): Promise<string> {
  const texts = await textRegion(page).locator('[data-empty="false"]').allTextContents();
  return texts.join('').replaceAll('↵\n', '\n');
}
