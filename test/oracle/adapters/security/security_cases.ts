import { z } from 'zod'

import { UtmPolicy } from '#rules/policy/communication.ts'
import { linkFaults } from '#rules/utm/link.ts'
import { isFormula } from '#src/security/csv-cell.ts'
import { isSafeFileName } from '#src/security/file-name.ts'
import { isPublicAddress } from '#src/security/ip-address.ts'
import { judgeUrl } from '#src/security/outbound-url.ts'
import { readLink } from '#src/security/read-link.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareExact } from '../../compare.ts'

const Verdict = z.enum(['allow', 'block'])

const File = z.strictObject({
  ssrf_url: z
    .object({
      allow_hosts: z.array(z.string()),
      cases: z.array(z.object({ url: z.string(), expected: Verdict, code: z.string().nullable() })),
    })
    .optional(),
  ssrf_resolved_ip: z.array(z.object({ ip: z.string(), expected: Verdict })).optional(),
  import_file_name: z.array(z.object({ name: z.string(), expected: Verdict })).optional(),
  csv_export_string_cell: z
    .array(z.object({ value: z.string(), expected_neutralised: z.boolean() }))
    .optional(),
  utm_url: z.array(z.object({ url: z.string(), expected_errors: z.array(z.string()) })).optional(),
})
type File = z.infer<typeof File>

/** What may leave and enter the program: URLs, addresses, file names, cells and links, through the modules that guard them. */
export const adapter: OracleAdapter = {
  kind: 'security/security_cases',
  run: (file) => {
    const cases = File.parse(file)
    return [
      ...urlCases(cases),
      ...(cases.ssrf_resolved_ip ?? []).map(({ ip, expected }) =>
        result('ssrf_resolved_ip', ip, { expected, actual: verdict(isPublicAddress(ip)) }),
      ),
      ...(cases.import_file_name ?? []).map(({ name, expected }) =>
        result('import_file_name', name, { expected, actual: verdict(isSafeFileName(name)) }),
      ),
      ...(cases.csv_export_string_cell ?? []).map(({ value, expected_neutralised: expected }) =>
        result('csv_export_string_cell', value, { expected, actual: isFormula(value) }),
      ),
      ...(cases.utm_url ?? []).map(({ url, expected_errors: errors }) =>
        result('utm_url', url, { expected: errors.toSorted(), actual: faultsOf(url).toSorted() }),
      ),
    ]
  },
}

function urlCases({ ssrf_url: urls }: File): OracleCaseResult[] {
  return (urls?.cases ?? []).map(({ url, expected, code }) => {
    const ruling = judgeUrl(url, urls?.allow_hosts ?? [])
    return result('ssrf_url', url, {
      expected: { expected, code },
      actual: { expected: verdict(ruling.ok), code: ruling.ok ? null : ruling.code },
    })
  })
}

function faultsOf(url: string): string[] {
  const link = readLink(url)
  return link === undefined ? ['URL'] : linkFaults(link, UtmPolicy.parse({}))
}

function verdict(isAllowed: boolean): 'allow' | 'block' {
  return isAllowed ? 'allow' : 'block'
}

function result(
  section: string,
  name: string,
  compared: { readonly expected: unknown; readonly actual: unknown },
): OracleCaseResult {
  return {
    id: `${section} ${JSON.stringify(name)}`,
    mismatches: compareExact('verdict', compared),
  }
}
