/** One or two sentences without a plot, for translation: an event with new people and things, and what follows it. */
import type { Entity } from './entity';
import type { World } from './state';
import { type Saying, saying } from './tell/saying';
import { JOB, SKILL, TIME, TRAIT, WEATHER } from './world/words';

type Cast = Record<'A' | 'B' | 't' | 'p' | 'q' | 'n' | 'u' | 'w' | 'k' | 's' | 'm' | 'j', Entity>;

const EVENTS: readonly Saying[] = [
  saying('{A:name} found {t:a} {p:in}.', '{A:name}{p:in}找到了{t:a}。'),
  saying('{A:name} gave {t:a} to {B:name} {p:in}.', '{A:name}{p:in}把{t:a}给了{B:name}。'),
  saying('{A:name} put {t:a} {p:in}.', '{A:name}把{t:a}放{p:in}。'),
  saying('{A:name} saw {B:name} with {t:a} {p:in}.', '{A:name}{p:in}看见{B:name}拿着{t:a}。'),
  saying('{A:name} carried {t:a} from {p} to {q}.', '{A:name}把{t:a}从{p}带到{q}。'),
  saying('{A:name} lost {t:a} on the way from {p} to {q}.', '{A:name}在从{p}到{q}的路上丢了{t:a}。'),
  saying('{A:name} and {B:name} bought {n*u} and {t:a}.', '{A:name}和{B:name}买了{n*u}和{t:a}。'),
  saying('{A:name} brought {B:name} {n*u} and {t:a}.', '{A:name}给{B:name}带来了{n*u}和{t:a}。'),
  saying('{B:name} taught {A:name} to {s} {p:in}, and got {t:a}.', '{B:name}{p:in}教{A:name}{s}，得到了{t:a}。'),
  saying('{A:name}, {j:a}, showed {B:name} {t:a} {p:in}.', '{j}{A:name}{p:in}给{B:name}看{t:a}。'),
  saying('On a {w} {m}, {A:name} left {t:a} {p:in}.', '在一个{w}的{m}，{A:name}把{t:a}留{p:in}。'),
  saying('{B:name} promised {A:name} {t:a} and {n*u}.', '{B:name}答应给{A:name}{t:a}和{n*u}。'),
];
const FOLLOW: readonly Saying[] = [
  saying('{A} liked {t:the} very much.', '{A}很喜欢{t:the}。'),
  saying('{A:name} was {k}.', '{A:name}很{k}。'),
  saying('Then {A} went to {q} with {B:name}.', '然后{A}和{B:name}去了{q}。'),
  saying('"{B:name} is my friend," said {A:name}.', '“{B:name}是我的朋友。”{A:name}说。'),
  saying('{A} often thought of {t:the}.', '{A}常常想起{t:the}。'),
  saying('{A:name} and {B:name} played together {q:in}.', '{A:name}和{B:name}{q:in}一起玩。'),
  saying('After that {B:name} had {t:the}.', '之后，{B:name}有了{t:the}。'),
  saying('{A} waited for {B:name} {q:in}.', '{A}{q:in}等{B:name}。'),
];

export function tellScene(world: World): void {
  const cast: Cast = {
    A: world.person(),
    B: world.person(),
    t: world.thing('own'),
    p: world.place('any'),
    q: world.place('any'),
    n: world.count(2, 12),
    u: world.thing('pick'),
    w: world.word(WEATHER),
    k: world.word(TRAIT),
    s: world.word(SKILL),
    m: world.word(TIME),
    j: world.word(JOB),
  };
  world.say(one(EVENTS, world.turn(EVENTS.length)), cast);
  if (world.turn(2, [1, 2]) === 1) world.say(one(FOLLOW, world.turn(FOLLOW.length)), cast);
}

function one(list: readonly Saying[], index: number): Saying {
  const found = list[index];
  if (found === undefined) throw new Error(`Scene ${index} of ${list.length} does not exist.`);
  return found;
}
