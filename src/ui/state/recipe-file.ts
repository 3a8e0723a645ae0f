/**
 * Recipes and runs as files: what a person drops on the Train panel to have the form, and the curves, back. Three kinds
 * are read: a recipe, a file of runs, and a checkpoint whose header carries its recipe.
 */
import { readRunFile } from '../../lab/run-file';
import type { RunRecord } from '../../lab/run-record';
import { parseRecipe, type Recipe } from '../../train/recipe';
import { text } from '../i18n/catalogue';

export interface GivenRecipe {
  readonly recipe: Recipe;
  /** The run it was part of; null for a bare recipe. */
  readonly record: RunRecord | null;
}

export function isRecipeFile({ name }: File): boolean {
  return /\.(json|safetensors)$/i.test(name);
}

/** Reads a file. Throws an error whose message is a sentence to be shown. */
export async function readRecipeFile(file: File): Promise<GivenRecipe> {
  return /\.safetensors$/i.test(file.name) ? ofCheckpoint(file) : ofJson(await file.text(), file.name);
}

function ofJson(content: string, source: string): GivenRecipe {
  const json = parse(content, source);
  if (typeof json === 'object' && json !== null && 'kind' in json) {
    const [record] = readRunFile(content, source);
    if (record) return { recipe: record.recipe, record };
  }
  return { recipe: parseRecipe(json, source), record: null };
}

/** The header of a safetensors file: its length in eight bytes, then JSON. */
async function ofCheckpoint(file: File): Promise<GivenRecipe> {
  const start = new DataView(await file.slice(0, 8).arrayBuffer());
  const length = start.byteLength === 8 ? Number(start.getBigUint64(0, true)) : 0;
  const header = length > 0 && length <= file.size - 8 ? await file.slice(8, 8 + length).text() : '{}';
  const { __metadata__: metadata } = parse(header, file.name) as {
    readonly __metadata__?: { readonly recipe?: string };
  };
  if (metadata?.recipe === undefined) throw new Error(text.train.file.checkpoint(file.name));
  return ofJson(metadata.recipe, file.name);
}

function parse(content: string, source: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new Error(text.train.file.notJson(source));
  }
}
