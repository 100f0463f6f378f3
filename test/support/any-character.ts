import { integer, oneof, type Arbitrary } from 'fast-check'

/** Any character, ASCII as often as all others: a generator by range, since one by list first builds the list of all of Unicode. */
export const anyCharacter: Arbitrary<string> = oneof(
  integer({ min: 0, max: 0x7f }),
  integer({ min: 0x80, max: 0xd7_ff }),
  integer({ min: 0xe0_00, max: 0x10_ff_ff }),
).map((point) => String.fromCodePoint(point))
