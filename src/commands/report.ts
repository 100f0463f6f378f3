import type { ReviewDocument } from '#rules/schema/document.ts'

import { AppError } from '../errors.ts'
import type { ReportFormat } from '../report/formats.ts'
import { renderReportPage } from '../report/html/page.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { renderPdf } from '../report/pdf.ts'
import { renderWorkbook } from '../report/xlsx.ts'
import { documentOf, jsonText } from '../runtime/publish.ts'
import {
  findReview,
  withSession,
  withStore,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'
import { writeOut } from './write-out.ts'

export interface ReportOptions extends CommonOptions {
  readonly review?: string
  readonly format: ReportFormat
  readonly out?: string
}

/** `mo report`: the report of a review as it stands, to stdout or a file. */
export async function runReport(
  context: CommandContext,
  options: ReportOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const review = await findReview(store, workspace, options.review)
    const document = await withSession(workspace, review, (session) => documentOf(store, session))
    const bytes = await render(document, options.format, context)
    if (options.out === undefined && BINARY.has(options.format)) {
      throw new AppError('USAGE', {
        message: `${options.format} goes to a file`,
        expected: '--out FILE',
        got: 'none',
      })
    }
    if (options.out === undefined) process.stdout.write(bytes)
    else {
      await writeOut(options.out, bytes)
      context.output.line(`Wrote ${options.out}`)
    }
    return 0
  })
}

/** Forms nobody reads on a terminal. */
const BINARY: ReadonlySet<ReportFormat> = new Set(['pdf', 'xlsx'])

async function render(
  document: ReviewDocument,
  format: ReportFormat,
  { config }: CommandContext,
): Promise<string | Uint8Array> {
  if (format === 'json') return jsonText(document)
  if (format === 'md') return renderMarkdown(document)
  if (format === 'xlsx') return renderWorkbook(document)
  const page = renderReportPage(document)
  return format === 'html' ? page : renderPdf(page, { chromiumPath: config.chromiumPath })
}
