/**
 * Places and hiding spots. A row: English noun | English preposition | Chinese noun | Chinese locative suffix | kind.
 * "in the barn" is 在谷仓里: preposition + noun, 在 + noun + suffix. Kinds: out (open air), green (open air where things grow), room (a building one can
 * enter), inner (a room inside one), shop (one can buy there), and the spots where something can lie unseen: spot-out and spot-room (big enough
 * for a child) and nook.
 */
export type PlaceKind = 'out' | 'green' | 'room' | 'inner' | 'shop' | 'spot-out' | 'spot-room' | 'nook';

export interface PlaceName {
  readonly en: string;
  readonly at: string;
  readonly zh: string;
  readonly suffix: string;
  readonly kind: PlaceKind;
}

const ROWS = `
park|in|公园|里|green
garden|in|花园|里|green
forest|in|森林|里|green
lake|by|湖边||out
river|by|河边||out
beach|on|海滩|上|out
hill|on|小山|上|green
meadow|in|草地|上|green
playground|on|操场|上|out
farm|on|农场|里|green
orchard|in|果园|里|green
harbour|in|港口||out
old bridge|by|旧桥边||out
village square|in|村子广场|上|out
bus stop|at|车站||out
zoo|in|动物园|里|out
vegetable field|in|菜地|里|green
pond|by|池塘边||out
waterfall|by|瀑布边||out
school gate|at|校门口||out
library|in|图书馆|里|room
barn|in|谷仓|里|room
lighthouse|in|灯塔|里|room
school|in|学校|里|room
museum|in|博物馆|里|room
attic|in|阁楼|里|inner
kitchen|in|厨房|里|inner
classroom|in|教室|里|inner
old mill|in|磨坊|里|room
theatre|in|剧院|里|room
castle|in|城堡|里|room
workshop|in|工坊|里|room
greenhouse|in|温室|里|room
tree house|in|树屋|里|room
boathouse|in|船屋|里|room
market|at|市场|里|shop
bakery|in|面包店|里|room
barber shop|in|理发店|里|room
flea market|at|跳蚤市场|里|shop
night market|at|夜市|上|shop
corner shop|at|小卖部|里|shop
department store|in|百货商场|里|shop
village shop|at|杂货店|里|shop
fair|at|集市|上|shop
big tree|behind|大树后面||spot-out
bench|under|长椅下面||spot-out
tall grass|in|高草丛|里|spot-out
stone wall|behind|石墙后面||spot-out
wheelbarrow|in|手推车|里|spot-out
bushes|in|灌木丛|里|spot-out
fence|behind|篱笆后面||spot-out
hay|under|干草下面||spot-out
table|under|桌子下面||spot-room
door|behind|门后面||spot-room
curtain|behind|窗帘后面||spot-room
cupboard|in|橱柜|里|spot-room
shelf|on|架子|上|nook
drawer|in|抽屉|里|nook
wooden chest|in|木箱|里|spot-room
bed|under|床底下||spot-room
sofa|behind|沙发后面||spot-room
pillow case|in|枕套|里|nook
flower pot|in|花盆|里|nook
stairs|under|楼梯下面||spot-room
windowsill|on|窗台|上|nook
carpet|under|地毯下面||nook`;

export const PLACES: readonly PlaceName[] = ROWS.trim()
  .split('\n')
  .map((row) => {
    const [en = '', at = '', zh = '', suffix = '', kind = ''] = row.split('|');
    return { en, at, zh, suffix, kind: kind as PlaceKind };
  });

export type PlacePool = 'any' | 'out' | 'green' | 'room' | 'building' | 'shop' | 'spot-out' | 'spot-room' | 'hide-room';

const ofKind = (...kinds: PlaceKind[]) => PLACES.filter((place) => kinds.includes(place.kind));

export const PLACE_POOLS: Record<PlacePool, readonly PlaceName[]> = {
  any: ofKind('out', 'green', 'room', 'inner'),
  out: ofKind('out', 'green'),
  green: ofKind('green'),
  room: ofKind('room', 'inner'),
  building: ofKind('room'),
  shop: ofKind('shop'),
  'spot-out': ofKind('spot-out'),
  'spot-room': ofKind('spot-room', 'nook'),
  'hide-room': ofKind('spot-room'),
};
