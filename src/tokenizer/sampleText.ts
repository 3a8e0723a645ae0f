/**
 * Text for the tokenizer's tests: seeded lines of English, Chinese, code, numbers, emoji and odd white space, made from word
 * lists, so that tests need no file and the same seed gives the same lines.
 */

const english =
  'the a small fox looked under old bridge and found three red apples; "Where is my hat?" she asked, ' +
  "isn't it raining today — no, the sun's shining! They don't know why Anna's brother left early naïve café";
const chinese =
  '小 猫 在 花园 里 找到 三个 红 苹果 ， 他 问 ： “ 你 去 哪儿 ？ ” 今天 下雨 了 。 明月 几时 有 ， 把酒 问 青天 。 不知 天上 宫阙 龘';
const code =
  'const x = (a[i] ?? 0) * 3.14; // ▁note if (y !== null) { return `<0x41>`; } \t<div class="b"> => && 0xFF __proto__ a_b';
const odd = '🙂 👩‍👩‍👧 🇨🇳 مرحبا שלום नमस्ते 한국어 ひらがな \u0000 \u00a0 \ufeff \u0085 \u3000 \r\n é é ½ ② 𠀀 \u2028';

const sources = [english, english, chinese, chinese, code, odd].map((text) => text.split(' '));

/** Mulberry32: 32 bits of state, uniform in [0, 1). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function sampleLines(count: number, seed: number): string[] {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  return Array.from({ length: count }, () => {
    let line = '';
    const words = 1 + Math.floor(next() * 24);
    let source = pick(sources);
    for (let i = 0; i < words; i += 1) {
      if (next() < 0.15) source = pick(sources);
      const roll = next();
      const gap =
        roll < 0.6 ? ' ' : roll < 0.9 ? '' : roll < 0.93 ? '  ' : roll < 0.96 ? '\n' : roll < 0.98 ? '\n\n ' : '\t ';
      line += (next() < 0.05 ? String(Math.floor(next() * 5000)) : pick(source)) + gap;
    }
    return line;
  });
}
