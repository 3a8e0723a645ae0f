/**
 * Reads character vectors out of an R package's lazy-load database (Rdata.rdx + Rdata.rdb): the index is a gzipped R list
 * of names with [offset, length] pairs, each entry a 4-byte big-endian size and a zlib stream. Both hold R's XDR
 * serialisation, of which the types that occur in plain text data are read; any other is refused by its number.
 */

import { gunzipSync, inflateSync } from 'node:zlib';

/** Name → list of strings, for every object of the database that is a character vector. */
export function readTextVectors(index, database) {
  const { variables } = asRecord(unserialise(gunzipSync(index)));
  const vectors = {};
  for (const [name, [offset, length]] of Object.entries(asRecord(variables))) {
    const value = unserialise(inflateSync(database.subarray(offset + 4, offset + length)));
    if (Array.isArray(value.items) && typeof value.items[0] === 'string') vectors[name] = value.items;
  }
  return vectors;
}

function asRecord({ items, attributes }) {
  const names = attributes.names.items;
  return Object.fromEntries(
    items.map((item, i) => [names[i], item.items && !item.attributes.names ? item.items : item]),
  );
}

/** Vectors become { items, attributes }; symbols and strings become strings. */
function unserialise(buffer) {
  let at = 0;
  const symbols = [];
  const int = () => {
    at += 4;
    return buffer.readInt32BE(at - 4);
  };
  if (buffer.toString('latin1', 0, 2) !== 'X\n')
    throw new Error('R data: the stream does not begin with "X"; only XDR is read.');
  at = 2;
  const version = int();
  at += 8;
  if (version === 3) {
    const encoding = int();
    at += encoding;
  }

  const item = () => {
    const flags = int();
    const type = flags & 0xff;
    const list = (read) => Array.from({ length: int() }, read);
    const vector = (items) => ({ items, attributes: flags & 0x200 ? item() : {} });
    if (type === 254 || type === 253 || type === 242) return {};
    if (type === 255) return symbols[(flags >> 8) - 1];
    if (type === 1) {
      symbols.push(item());
      return symbols.at(-1);
    }
    if (type === 2) {
      if (flags & 0x200) item();
      const tag = flags & 0x400 ? item() : '';
      const head = item();
      return { [tag]: head, ...item() };
    }
    if (type === 9) {
      const length = int();
      if (length === -1) return '';
      at += length;
      return buffer.toString('utf8', at - length, at);
    }
    if (type === 10 || type === 13) return vector(list(int));
    if (type === 16 || type === 19) return vector(list(item));
    throw new Error(`R data: type ${type} at byte ${at} is not read; text data holds strings, integers and lists.`);
  };
  return item();
}
