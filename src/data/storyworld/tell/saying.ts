/**
 * A saying: one thing that can happen, with the ways to say it in each language. A way is a pattern of literal text and
 * slots {role:form}; {n*u} is a count of things, {they} the people of the plot together. Patterns are compiled once. `starts` marks a slot that opens a
 * sentence, where English needs a capital letter. Two ways of one saying always differ in their literal text.
 */
export type Language = 'en' | 'zh';

export interface Slot {
  readonly role: string;
  readonly form: string;
  /** the role of the counted things, for {n*u} */
  readonly unit: string | null;
  readonly starts: boolean;
}

export type Way = readonly (string | Slot)[];
export type Saying = Readonly<Record<Language, readonly Way[]>>;

/** opens: whether the pattern begins a sentence. */
export function compileWay(pattern: string, opens = true): Way {
  const way: (string | Slot)[] = [];
  let before = opens ? '' : 'x';
  for (const part of pattern.split(/(\{[^}]*\})/)) {
    if (part === '') continue;
    if (!part.startsWith('{')) {
      way.push(part);
      before = part;
      continue;
    }
    const [reference = '', form = ''] = part.slice(1, -1).split(':');
    const [role = '', unit = null] = reference.split('*');
    way.push({ role, form, unit, starts: /(^|[.!?] |\." |["“])$/.test(before) });
    before = 'x';
  }
  return way;
}

/** The ways of each language, one a line. */
export function saying(en: string, zh: string): Saying {
  const compile = (lines: string) =>
    lines
      .trim()
      .split('\n')
      .map((line) => compileWay(line.trim()));
  return { en: compile(en), zh: compile(zh) };
}
