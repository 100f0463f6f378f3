/** Forms a report can be written in. */
export const REPORT_FORMATS = ['html', 'pdf', 'md', 'json', 'xlsx'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]
