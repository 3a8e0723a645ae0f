/** A repair: somebody breaks a thing of another and mends it with a borrowed tool, or with help. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';
import { JOB } from '../world/words';

const OWN = saying(
  `{A:name} showed {B:name} {t:a}.
   {A:name} let {B:name} try {A:his} {t:fn}.
   {A:name} and {B:name} were busy with {t:a}, which belonged to {A:name}.`,
  `{A:name}给{B:name}看{t:a}。
   {A:name}让{B:name}试试{A:his}{t:fn}。
   {A:name}和{B:name}在摆弄{t:a}，那是{A:name}的。`,
);
const BREAK = saying(
  `{B:name} was not careful, and {t:the} broke.
   Crack! {B:name} had broken {t:the}.
   {B:name} pressed too hard, and {t:the} broke.`,
  `{B:name}不小心，{t:the}坏了。
   啪！{B:name}弄坏了{t:the}。
   {B:name}太用力了，{t:the}坏了。`,
);
const PLAN = saying(
  `"I will mend it," said {B:name}. "But I need {u:a}."
   {B:name} wanted to mend {t:the}, but first needed {u:a}.`,
  `“我来修好它。”{B:name}说，“可是我需要{u:a}。”
   {B:name}想修好{t:the}，可是先要有{u:a}。`,
);
const ASK = saying(
  `{C:name}, {w:a}, had {u:the}.
   {B:name} went to {C:name}, {w:a}, who had {u:the}.
   They asked {C:name}, {w:a}, and {C:he} had {u:the}.`,
  `{w}{C:name}有{u:the}。
   {B:name}去找{w}{C:name}，{C:he}有{u:the}。
   {they}去问{w}{C:name}，{C:he}正好有{u:the}。`,
);
const LEND = saying(
  `{C:name} lent {u:the} to {B:name} {p:in}.
   "Take it, but bring it back," said {C:name} {p:in}.`,
  `{C:name}{p:in}把{u:the}借给了{B:name}。
   “拿去用吧，记得还。”{C:name}{p:in}说。`,
);
const WORK = saying(
  `{B:name} worked for an hour and mended {t:the}.
   {B:name} worked slowly and carefully, until {t:the} was mended.`,
  `{B:name}干了一个小时，修好了{t:the}。
   {B:name}慢慢地、细心地干，终于修好了{t:the}。`,
);
const DO_IT = saying(
  `{C:name} came along and mended {t:the} {C:him}self.
   "Let me do it," said {C:name}, and mended {t:the}.`,
  `{C:name}跟着来了，亲手修好了{t:the}。
   “让我来吧。”{C:name}说着，修好了{t:the}。`,
);
const AS_NEW = saying(
  `Now {t:the} was as good as new.
   {t:the} worked again.`,
  `现在{t:the}跟新的一样了。
   {t:the}又能用了。`,
);
const RETURN = saying(
  `{B:name} brought {u:the} back to {C:name}.
   After that {C:name} got {u:the} back.`,
  `{B:name}把{u:the}还给了{C:name}。
   之后，{C:name}拿回了{u:the}。`,
);

export function repair(world: World): void {
  const [A, B, C] = [world.person(), world.person(), world.person()];
  const t = world.thing('fix');
  const u = world.thing('tool');
  const w = world.word(JOB);
  world.say(OWN, { A, B, t });
  world.take(A, t);
  describe(world, A, B);
  world.say(BREAK, { B, t });
  world.fact('whoBroke', { t, A: B });
  world.say(EVENTS.sorry, { A: B, B: A });
  world.say(PLAN, { B, t, u });
  world.fact('whatNeeded', { A: B, t: u });
  world.say(ASK, { B, C, u, w });
  world.take(C, u);
  world.fact('job', { A: C, w });
  const mender = world.turn(2) === 0 ? B : C;
  if (mender === B) {
    world.say(LEND, { B, C, u, p: world.place('any') });
    world.fact('whoLent', { t: u, A: C });
    world.say(WORK, { B, t });
  } else world.say(DO_IT, { C, t });
  world.fact('whoMended', { t, A: mender });
  world.say(AS_NEW, { t });
  if (mender === B) world.say(RETURN, { B, C, u });
  else world.say(EVENTS.thank, { A, B: C });
  finish(world, ending.has(A, t), ending.has(C, u));
}
