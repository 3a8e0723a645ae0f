/** A gift: bought or made for a birthday, hidden, almost discovered, and given. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const BIRTHDAY = saying(
  `{A:name} heard that it would soon be {B:name}'s birthday.
   {A:name} wanted to give {B:name} a birthday present.
   {A:name} was thinking about a present for {B:name}.`,
  `{A:name}听说{B:name}的生日快到了。
   {A:name}想送{B:name}一件生日礼物。
   {A:name}在想送{B:name}什么礼物。`,
);
const WISH = saying(
  `{C:name} said, "{B:name} would like {t:a}."
   {C:name} knew that {B:name} wanted {t:a}.
   "{B:name} wants {t:a}," said {C:name}.`,
  `{C:name}说：“{B:name}想要{t:a}。”
   {C:name}知道{B:name}想要{t:a}。
   “{B:name}正想要{t:a}呢。”{C:name}说。`,
);
const BUY = saying(
  `So {A:name} bought {t:the} {p:in}.
   {A:name} went out and found just such a thing {p:in}.
   There was one {p:in}, and {A:name} bought it.`,
  `于是{A:name}{p:in}买了{t:the}。
   {A:name}出门，{p:in}正好找到了这样东西。
   {p:in}正好有，{A:name}就买了下来。`,
);
const HIDE = saying(
  `{A:name} hid {t:the} {p:in}.
   {A:name} secretly put {t:the} {p:in}.
   To keep the secret, {A:name} hid {t:the} {p:in}.`,
  `{A:name}把{t:the}藏{p:in}。
   {A:name}偷偷把{t:the}放{p:in}。
   为了保密，{A:name}把{t:the}藏了起来，藏{p:in}。`,
);
const ALMOST = saying(
  `{B:name} came and almost saw it. {A:name} quickly closed the door.
   "What are you doing?" asked {B:name}. "Nothing," answered {A:name}.
   {B:name} wondered why {A:name} was so quiet.`,
  `{B:name}来了，差点看见。{A:name}赶紧关上门。
   “你在做什么？”{B:name}问。“没什么。”{A:name}回答。
   {B:name}奇怪{A:name}为什么这么安静。`,
);
const PARTY = saying(
  `At the party there was cake, and everyone sang.
   Then the birthday came, and the guests sang a song.
   On the birthday they all met for cake.`,
  `聚会上有蛋糕，大家都唱了歌。
   生日到了，客人们唱起了歌。
   生日那天，大家聚在一起吃蛋糕。`,
);
const GIVE = saying(
  `{A:name} gave {t:the} to {B:name}.
   "Happy birthday!" said {A:name}, and gave {B:name} {t:the}.
   {B:name} opened the parcel from {A:name}: it was {t:full}!`,
  `{A:name}把{t:the}送给了{B:name}。
   “生日快乐！”{A:name}说着，把{t:the}送给了{B:name}。
   {B:name}打开{A:name}的包裹，里面是{t:full}！`,
);
const LATER = saying(
  `Later {B:name} put {t:the} {p:in}.
   {B:name} found a good place for {t:the} {p:in}.`,
  `后来，{B:name}把{t:the}摆{p:in}。
   {B:name}为{t:the}找了个好地方，就{p:in}。`,
);

export function gift(world: World): void {
  const [A, B, C] = [world.person(), world.person(), world.person()];
  const t = world.thing('own');
  const shop = world.place('shop');
  const spot = world.place('spot-room');
  world.say(BIRTHDAY, { A, B });
  describe(world, A, B);
  world.say(WISH, { B, C, t });
  world.fact('whatWanted', { A: B, t });
  world.say(BUY, { A, t, p: shop });
  world.fact('whereBought', { A, t, p: shop });
  world.say(HIDE, { A, t, p: spot });
  world.fact('whereKept', { t, p: spot });
  world.say(ALMOST, { A, B });
  world.say(PARTY, {});
  world.say(GIVE, { A, B, t });
  world.take(B, t);
  world.fact('whoGave', { t, A, B });
  world.fact('whatGave', { t, A, B });
  world.say(EVENTS.glad, { A: B });
  world.say(EVENTS.thank, { A: B, B: A });
  if (world.turn(2) === 0) {
    const place = world.place('spot-room');
    world.say(LATER, { B, t, p: place });
    world.put(t, place);
    finish(world, ending.lies(t, place));
  } else finish(world, ending.has(B, t));
}
