const LENGTH_MAX = 100
const EXTENSIONS = ['csv', 'tsv', 'json', 'jsonl', 'parquet', 'xlsx']

/** Names that Windows keeps for devices, with any extension. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/**
 * May a file of this name be taken in or written? One plain name with a known extension: letters, digits, spaces, `_ - . ( )`, beginning with a
 * letter or digit. Nothing that climbs, hides, escapes, names a device or reads another way than it is written.
 */
export function isSafeFileName(name: string): boolean {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return (
    name.length <= LENGTH_MAX &&
    /^[A-Za-z0-9][A-Za-z0-9 _().-]*\.[A-Za-z]+$/.test(name) &&
    !name.includes('..') &&
    !DEVICES.test(name) &&
    EXTENSIONS.includes(extension)
  )
}
