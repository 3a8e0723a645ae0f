/**
 * A text of the person's own to train on: a .txt or .md file, checked before it is taken. It is read in pieces, so that
 * the page does not stop, and stays in memory only: after a reload it must be given again, and its hash says whether it
 * is the same.
 */
import { create } from 'zustand';
import { largestFile } from '../../data/corpus/plain-text';
import { text } from '../i18n/catalogue';

export interface OwnText {
  readonly file: File;
  /** Of the bytes: the start of SHA-256, hexadecimal. */
  readonly hash: string;
  readonly characters: number;
}

export const useOwnText = create<{ readonly own: OwnText | null; readonly problem: string | null }>()(() => ({
  own: null,
  problem: null,
}));

/** Fewer characters hold no batch to learn from and none to be tested on. */
const shortestText = 1000;

export function isTextFile({ name }: File): boolean {
  return /\.(txt|md)$/i.test(name);
}

/** Reads and checks a file. Throws an error whose message is a sentence to be shown. */
export async function readOwnText(file: File): Promise<OwnText> {
  const words = text.train.corpus.refused;
  if (!isTextFile(file)) throw new Error(words.kind(file.name));
  if (file.size > largestFile) throw new Error(words.large(file.name, file.size, largestFile));
  const characters = await countCharacters(file);
  if (characters < shortestText) throw new Error(words.short(file.name, characters, shortestText));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  const hash = Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { file, hash, characters };
}

async function countCharacters(file: File): Promise<number> {
  const words = text.train.corpus.refused;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = file.stream().getReader();
  let characters = 0;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (piece.value.includes(0)) throw new Error(words.binary(file.name));
      characters += decoder.decode(piece.value, { stream: true }).length;
    }
    decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new Error(words.encoding(file.name));
    throw error;
  }
  return characters;
}
