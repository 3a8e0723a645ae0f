/**
 * Events that many plots share, and the endings. An ending tells one fact of the final state with full names, so that
 * exchanging one role gives a sentence that contradicts the story.
 */
import type { Person, Place, Roles, Thing } from './entity';
import type { World } from './state';
import { compileWay, type Saying, saying } from './tell/saying';
import { DAY, TIME, WEATHER } from './world/words';

const OPENINGS: Record<'weather' | 'day' | 'once', Saying> = {
  weather: {
    en: ['One {w} {t}, ', 'It was a {w} {t}. ', 'On a {w} {t}, '].map((line) => compileWay(line)),
    zh: ['一个{w}的{t}，', '那是一个{w}的{t}。', '在一个{w}的{t}，'].map((line) => compileWay(line)),
  },
  day: {
    en: ['On {w}, ', 'Last {w}, ', 'It was {w}. '].map((line) => compileWay(line)),
    zh: ['{w}那天，', '上个{w}，', '那天是{w}。'].map((line) => compileWay(line)),
  },
  once: {
    en: ['One day, ', 'Once upon a time, '].map((line) => compileWay(line)),
    zh: ['有一天，', '从前，'].map((line) => compileWay(line)),
  },
};

/** When it happens. The plot's first saying goes on from here and starts with a name. */
export function open(world: World): void {
  const turn = world.turn(3, [4, 2, 1]);
  if (turn === 0) {
    const w = world.word(WEATHER);
    world.say(OPENINGS.weather, { w, t: world.word(TIME) });
    world.fact('weather', { w });
  } else if (turn === 1) {
    const w = world.word(DAY);
    world.say(OPENINGS.day, { w });
    world.fact('day', { w });
  } else {
    world.say(OPENINGS.once, {});
  }
  world.realiser.join();
}

export const EVENTS = {
  sad: saying(
    `{A} was very sad.
     {A} felt sad.
     {A} almost began to cry.`,
    `{A}很难过。
     {A}心里很伤心。
     {A}差点哭了起来。`,
  ),
  glad: saying(
    `{A} was very happy.
     {A} smiled.
     {A} jumped for joy.`,
    `{A}非常高兴。
     {A}笑了。
     {A}高兴得跳了起来。`,
  ),
  thank: saying(
    `"Thank you, {B:name}!" said {A:name}.
     {A:name} thanked {B:o} with all {A:his} heart.
     "You are a true friend, {B:name}," said {A:name}.`,
    `“谢谢你，{B:name}！”{A:name}说。
     {A:name}真心地感谢{B:o}。
     “{B:name}，你真是我的好朋友。”{A:name}说。`,
  ),
  sorry: saying(
    `"I am sorry, {B:name}," said {A:name}.
     {A:name} said sorry to {B:o}.
     "Please forgive me, {B:name}," {A:name} begged.`,
    `“对不起，{B:name}。”{A:name}说。
     {A:name}向{B:o}道了歉。
     “{B:name}，请原谅我。”{A:name}恳求道。`,
  ),
  forgive: saying(
    `"It does not matter," said {B:name}.
     {B:name} was not angry at all.
     "We are still friends," {B:name} answered.`,
    `“没关系。”{B:name}说。
     {B:name}一点也不生气。
     “我们还是朋友。”{B:name}回答。`,
  ),
  together: saying(
    `From then on, {A:name} and {B:name} were good friends.
     {A:name} and {B:name} laughed together.
     {A:name} and {B:name} shook hands.`,
    `从那以后，{A:name}和{B:name}成了好朋友。
     {A:name}和{B:name}一起笑了。
     {A:name}和{B:name}握了握手。`,
  ),
} satisfies Record<string, Saying>;

const ENDINGS = {
  has: saying(
    `In the end, {A:name} had {t:full}.
     At the end of the day, {t:full} was with {A:name}.
     So {t:full} was now with {A:name}.`,
    `最后，{A:name}有了{t:full}。
     一天结束的时候，{t:full}在{A:name}手里。
     就这样，{t:full}到了{A:name}手里。`,
  ),
  lies: saying(
    `In the end, {t:full} was {p:in}.
     At the end of the day, {t:full} stayed {p:in}.
     Now everybody knew that {t:full} was {p:in}.`,
    `最后，{t:full}留{p:in}。
     一天结束的时候，{t:full}还{p:in}。
     现在大家都知道，{t:full}就{p:in}。`,
  ),
  at: saying(
    `In the end, {A:name} was {p:in}.
     At the end of the day, {A:name} was still {p:in}.
     {A:name} stayed {p:in} until dark.`,
    `最后，{A:name}{p:in}。
     一天结束的时候，{A:name}还{p:in}。
     {A:name}{p:in}一直待到天黑。`,
  ),
  count: saying(
    `In the end, {A:name} had {n*u}.
     So {A:name} went home with {n*u}.
     At the end of the day, {A:name} still had {n*u}.`,
    `最后，{A:name}有{n*u}。
     就这样，{A:name}带着{n*u}回家了。
     一天结束的时候，{A:name}还有{n*u}。`,
  ),
} satisfies Record<string, Saying>;

export interface EndingOption {
  readonly saying: Saying;
  readonly roles: Roles;
  readonly contrast: string;
}

export const ending = {
  has: (A: Person, t: Thing): EndingOption => ({ saying: ENDINGS.has, roles: { A, t }, contrast: 'A' }),
  lies: (t: Thing, p: Place): EndingOption => ({ saying: ENDINGS.lies, roles: { t, p }, contrast: 'p' }),
  at: (A: Person, p: Place): EndingOption => ({ saying: ENDINGS.at, roles: { A, p }, contrast: 'p' }),
  count: (roles: Roles): EndingOption => ({ saying: ENDINGS.count, roles, contrast: 'n' }),
};

/** Ends the story with one of the given true facts. */
export function finish(world: World, ...options: EndingOption[]): void {
  const option = options[world.turn(options.length)];
  if (option === undefined) throw new Error('A plot must offer at least one ending.');
  world.end(option.saying, option.roles, option.contrast);
}
