/** A rescue: an animal is in trouble; it is heard, a tool is fetched, and somebody saves it. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const HEAR = saying(
  `{A:name} heard a strange sound {p:in}. It was {t:a}.
   {A:name} heard {t:a} crying {p:in}.
   {A:name} was walking {p:in}, when {t:a} cried for help.`,
  `{A:name}{p:in}听到奇怪的声音，那是{t:a}。
   {A:name}{p:in}听到{t:a}在叫。
   {A:name}{p:in}散步，听到{t:a}在呼救。`,
);
const TROUBLE = [
  saying(
    `{t:the} was stuck in a deep hole.
     {t:the} had fallen into a deep hole.`,
    `{t:the}被困在一个深坑里。
     {t:the}掉进了一个深坑里。`,
  ),
  saying(
    `{t:the} was caught between two rocks.
     {t:the} could not get out between two rocks.`,
    `{t:the}被夹在两块石头中间。
     {t:the}卡在两块石头中间出不来。`,
  ),
  saying(
    `{t:the} had hurt its leg and could not walk.
     {t:the} could not walk, because its leg was hurt.`,
    `{t:the}的腿受伤了，走不了路。
     {t:the}走不了路，因为腿受伤了。`,
  ),
];
const RUN = saying(
  `{A:name} ran to {B:name} for help.
   "I need help!" {A:name} called. {B:name} heard it.
   {A:name} told {B:name} about it at once.`,
  `{A:name}跑去找{B:name}帮忙。
   “快来帮忙！”{A:name}喊道。{B:name}听见了。
   {A:name}马上告诉了{B:name}。`,
);
const FETCH = saying(
  `{B:name} fetched {u:a} from {q}.
   {B:name} knew that there was {u:a} {q:in}, and brought it.
   "Wait," said {B:name}, and got {u:a}, which was {q:in}.`,
  `{B:name}从{q:loc}取来{u:a}。
   {B:name}知道{q:loc}有{u:a}，就拿来了。
   “等等。”{B:name}说，拿来了{q:loc}的{u:a}。`,
);
const CAREFUL = saying(
  `They worked very carefully.
   It was hard work.
   "Do not be afraid," {A:name} said softly.`,
  `{they}干得非常小心。
   这可不容易。
   “别害怕。”{A:name}轻声说。`,
);
const SAVE = saying(
  `Then {S:name} took {t:the} into {S:his} arms. It was saved.
   At last {S:name} saved {t:the}.
   {S:name} used {u:the} and saved {t:the}.`,
  `然后{S:name}把{t:the}抱了起来，它得救了。
   终于，{S:name}救出了{t:the}。
   {S:name}用{u:the}救出了{t:the}。`,
);
const CARE = saying(
  `{S:name} gave {t:the} water and food.
   {S:name} put {t:the} into a warm blanket.`,
  `{S:name}给{t:the}喝水、吃东西。
   {S:name}用温暖的毯子裹住{t:the}。`,
);
const KEEP = saying(
  `{t:the} wanted to stay with {K:name}.
   {t:the} followed {K:name} home.`,
  `{t:the}想和{K:name}在一起。
   {t:the}跟着{K:name}回了家。`,
);
const LIVE = saying(
  `After that {t:the} lived {q:in}.
   They found a new home for {t:the} {q:in}.`,
  `从此，{t:the}就住{q:in}。
   {they}给{t:the}找了新家，就{q:in}。`,
);

export function rescue(world: World): void {
  const [A, B] = [world.person(), world.person()];
  const t = world.thing('animal');
  const u = world.thing('reach');
  const p = world.place('out');
  world.say(HEAR, { A, t, p });
  world.fact('whereStuck', { A, t, p });
  const trouble = TROUBLE[world.turn(TROUBLE.length)];
  if (trouble !== undefined) world.say(trouble, { t });
  world.say(RUN, { A, B });
  describe(world, A, B);
  const shed = world.place('room');
  world.say(FETCH, { B, u, q: shed });
  world.fact('whoFetched', { t: u, A: B });
  world.fact('whereFetched', { t: u, p: shed });
  world.take(B, u);
  world.say(CAREFUL, { A });
  const saver = world.turn(2) === 0 ? A : B;
  world.say(SAVE, { S: saver, t, u });
  if (saver !== B) world.put(u, null);
  world.fact('whoRescued', { t, A: saver });
  world.say(CARE, { S: saver, t });
  world.say(EVENTS.glad, { A: saver === A ? B : A });
  if (world.turn(2) === 0) {
    const keeper = world.turn(2) === 0 ? A : B;
    world.say(KEEP, { K: keeper, t });
    world.take(keeper, t);
    finish(world, ending.has(keeper, t));
  } else {
    const home = world.place('green');
    world.say(LIVE, { t, q: home });
    world.put(t, home);
    finish(world, ending.lies(t, home));
  }
}
