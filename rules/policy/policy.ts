import { z } from 'zod'

import { AttributionPolicy } from './attribution.ts'
import { Claim, NarrativePolicy, Region, Suppression, UtmPolicy } from './communication.ts'
import { LeadPolicy } from './leads.ts'
import { Momentum } from './momentum.ts'
import { ApprovalPolicy, BudgetPolicy, ChangesPolicy, StopLoss } from './money-moves.ts'
import {
  CalendarPolicy,
  Company,
  Delegation,
  Distribution,
  LocalDate,
  OperatingModel,
  Person,
} from './organisation.ts'
import { SecurityPolicy } from './security.ts'
import { CampaignRoiPolicy, ContentPolicy, ExperimentPolicy, FunnelPolicy } from './stages.ts'
import { RiskPolicy, SynthesisPolicy } from './synthesis.ts'
import { HealthTable, PortfolioTable, Targets, Trust } from './verdict.ts'

/**
 * Everything an operator decides in advance: the parsed `policy.yaml`. Every threshold a rule compares with stands here with a default;
 * an unknown key is refused, so that a misspelt threshold cannot fall back in silence. Keys are spelled as in the file.
 */
export const Policy = z.strictObject({
  version: z.string().min(1),
  company: Company,
  effective_from: LocalDate,
  approved_by: z.array(z.string()).default([]),
  edited_by: z.array(z.string()).default([]),
  operating_model: OperatingModel.prefault({}),
  people: z.array(Person).default([]),
  delegations: z.array(Delegation).default([]),
  calendar: CalendarPolicy.prefault({}),
  targets: Targets,
  health: HealthTable,
  trust: Trust.prefault({}),
  momentum: Momentum.prefault({}),
  portfolio: PortfolioTable,
  stop_loss: StopLoss.prefault({}),
  budget: BudgetPolicy.prefault({}),
  approval: ApprovalPolicy.prefault({}),
  changes: ChangesPolicy.prefault({}),
  security: SecurityPolicy.prefault({}),
  campaign_roi: CampaignRoiPolicy.prefault({}),
  funnel: FunnelPolicy.prefault({}),
  attribution: AttributionPolicy.prefault({}),
  experiments: ExperimentPolicy.prefault({}),
  leads: LeadPolicy.prefault({}),
  content: ContentPolicy.prefault({}),
  risk: RiskPolicy.prefault({}),
  synthesis: SynthesisPolicy.prefault({}),
  claims: z.array(Claim).default([]),
  utm: UtmPolicy.prefault({}),
  suppression: Suppression.prefault({}),
  regions: z.array(Region).default([]),
  narrative: NarrativePolicy.prefault({}),
  distribution: z.array(Distribution).default([]),
})
export type Policy = z.infer<typeof Policy>
