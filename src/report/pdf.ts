import { existsSync } from 'node:fs'

import { AppError } from '../errors.ts'

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The report page as an A4 PDF, tagged and with an outline, printed by a Chromium of the machine.
 *
 * @param page A self-contained HTML page; scripts stay off and nothing is requested.
 * @throws AppError `REPORT_FORMAT_UNAVAILABLE` when there is no browser, `RENDER_FAILED`.
 */
export async function renderPdf(
  page: string,
  { chromiumPath }: { readonly chromiumPath: string | undefined },
): Promise<Uint8Array> {
  const executablePath = chromiumPath ?? BROWSERS.find((path) => existsSync(path))
  if (executablePath === undefined) {
    throw new AppError('REPORT_FORMAT_UNAVAILABLE', {
      message: 'a PDF needs a Chromium, and none was found',
      expected: `a browser at ${BROWSERS.join(' or ')}, or its path in CHROMIUM_PATH`,
      got: 'none',
      next: 'install chromium, or open report.html in a browser and print it',
    })
  }
  if (!existsSync(executablePath)) {
    throw new AppError('REPORT_FORMAT_UNAVAILABLE', {
      message: 'a PDF needs a Chromium, and CHROMIUM_PATH names none',
      expected: 'the path of a Chromium in CHROMIUM_PATH',
      got: executablePath,
      next: 'correct or unset CHROMIUM_PATH, or open report.html in a browser and print it',
    })
  }
  const { chromium } = await import('playwright-core')
  try {
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS })
    try {
      const context = await browser.newContext({ javaScriptEnabled: false, offline: true })
      const tab = await context.newPage()
      await tab.setContent(page, { waitUntil: 'load' })
      return await tab.pdf({
        preferCSSPageSize: true,
        printBackground: true,
        tagged: true,
        outline: true,
      })
    } finally {
      await browser.close()
    }
  } catch (cause) {
    throw new AppError('RENDER_FAILED', { cause })
  }
}
