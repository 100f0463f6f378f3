import {
  BOOLEAN,
  choice,
  COUNT,
  DATE,
  FIGURE,
  ID,
  INSTANT,
  mayReferTo,
  optional,
  PROSE,
  required,
  SPREAD,
  TEXT,
  WORD,
} from './column.ts'
import type { DatasetContract } from './contract.ts'

/** One arm of one experiment. */
export const EXPERIMENTS: DatasetContract = {
  dataset: 'experiments',
  columns: [
    required('experiment_id', ID),
    mayReferTo('campaigns', 'campaign_id'),
    required('name', TEXT),
    required(
      'status',
      choice(
        'draft',
        'planned',
        'running',
        'paused',
        'completed',
        'stopped',
        'cancelled',
        'archived',
      ),
    ),
    required('started_on', DATE),
    optional('ended_on', DATE),
    required('metric', TEXT),
    required('arm', ID),
    required('is_control', BOOLEAN),
    optional('planned_share', { kind: 'decimal', min: 0, max: 1 }),
    required('users', COUNT),
    optional('conversions', COUNT),
    optional('mean', FIGURE),
    optional('variance', SPREAD),
    optional('denominator_mean', FIGURE),
    optional('denominator_variance', SPREAD),
    optional('covariance', FIGURE),
    optional('looks', { kind: 'count', min: 1 }),
  ],
  key: ['experiment_id', 'metric', 'arm'],
  dated: 'started_on',
  rowRules: [
    { kind: 'ordered', low: 'started_on', high: 'ended_on' },
    {
      kind: 'covariance',
      covariance: 'covariance',
      variances: ['variance', 'denominator_variance'],
    },
  ],
}

/** Something that may go wrong, as people or monitors raised it. */
export const RISK_SIGNALS: DatasetContract = {
  dataset: 'risk_signals',
  columns: [
    required('risk_id', ID),
    required('raised_at', INSTANT),
    mayReferTo('campaigns', 'campaign_id'),
    required('risk_type', WORD),
    required('severity', choice('low', 'medium', 'high', 'critical')),
    optional('evidence', PROSE),
    optional('recommended_action', PROSE),
    required(
      'status',
      choice(
        'open',
        'in_review',
        'acknowledged',
        'escalated',
        'monitoring',
        'mitigated',
        'accepted',
        'resolved',
        'closed',
        'dismissed',
      ),
    ),
  ],
  key: ['risk_id'],
  dated: 'raised_at',
  rowRules: [],
}

/** What became of the actions an earlier review asked for. */
export const ACTIONS_TAKEN: DatasetContract = {
  dataset: 'actions_taken',
  columns: [
    required('action_id', ID),
    required(
      'status',
      choice(
        'open',
        'planned',
        'not_started',
        'in_progress',
        'blocked',
        'deferred',
        'done',
        'completed',
        'dropped',
        'rejected',
        'cancelled',
      ),
    ),
    optional('done_on', DATE),
    optional('note', PROSE),
  ],
  key: ['action_id'],
  dated: 'done_on',
  rowRules: [],
}
