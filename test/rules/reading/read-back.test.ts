import { describe, expect, it } from 'vitest'

import { readBack } from '#rules/reading/read-back.ts'
import type { Scene, SeenFigure } from '#rules/reading/scene.ts'

const figure = (label: string, current: string, changes: Partial<SeenFigure> = {}): SeenFigure => ({
  labels: [label],
  current,
  previous: null,
  sizes: [],
  direction: 'unknown',
  ...changes,
})

const SCENE: Scene = {
  subjects: [
    {
      name: '“Email”',
      figures: [
        figure('revenue', '$20,205', { previous: '$31,430', sizes: ['35.7%'], direction: 'fall' }),
        {
          ...figure('leads', '95', { previous: '1', direction: 'rise' }),
          labels: ['leads', 'lead'],
        },
        figure('win rate', '81.3%', {
          previous: '66.7%',
          sizes: ['+14.7 points'],
          direction: 'rise',
        }),
        figure('views', '276', { sizes: ['−49.6%'], direction: 'fall' }),
        figure('clicks', '7', { sizes: ['under 0.1%'], direction: 'rise' }),
        figure('roas', '4.00×', { previous: '4.00×', direction: 'none' }),
        figure('net', '$1'),
        figure('net return', '−$5.00'),
        figure('credited value', '$3,307.67'),
      ],
      calls: ['a loss', 'a loss (value below cost)', 'the call “go on” (x)'],
    },
    { name: '“Brand”', figures: [figure('leads', '95'), figure('cost', '$9')], calls: [] },
    { name: '“Ride the month”', figures: [figure('leads', '3')], calls: [] },
    { name: 'the month', figures: [figure('revenue', '$99')], calls: [] },
  ],
  statements: ['Nobody goes on at step 3.'],
  labels: ['revenue', 'leads', 'lead', 'win rate', 'views', 'value', 'cost'],
}

describe('readBack', () => {
  it.each([
    'Nobody goes on at step 3.',
    '“Email” had revenue of $20,205 and 95 leads.',
    'Looking across the channels, “Email” brought in 95 leads alongside revenue of $20,205.',
    '“Email” had revenue of $31,430 in the previous period.',
    '“Email” had 1 lead in the previous period.',
    '“Email” recorded a 35.7% fall in revenue ($31,430 to $20,205).',
    '“Email” recorded a 35.7% fall in revenue ($31,430 to $20,205) and 95 leads.',
    '“Email” reported a rise in the win rate from 66.7% to 81.3% (+14.7 points).',
    '“Email” recorded a fall in views (−49.6%), with 276 views.',
    '“Email” had a change of under 0.1% in clicks and 7 clicks.',
    '“Email” had no change in ROAS (4.00× in both periods).',
    '“Email” had net return of −$5.00.',
    '“Email” had a loss (value below cost) at revenue of $20,205.',
    '“Email” had the call “go on” (x).',
    '“Email” had credited value of $3,307.67.',
    'A loss (value below cost) is what “Email” had, with 95 leads.',
    '“Ride the month” had 3 leads.',
    '“Email” - here - had 95 leads.',
    '“Email” had 95 leads in its overviews.',
    '“Email” had revenue ($20,205 here).',
    '“Email” (here) had revenue of $20,205 to see.',
    '“Email” had revenue of $20,205, with 1 lead in the previous period.',
    'The month had revenue of $99.',
    'In this part, the month brought in revenue of $99.',
  ])('finds true: %s', (text) => {
    expect(readBack(text, SCENE)).toBeNull()
  })

  it.each([
    ['Nobody goes on at step 4.', 'not one subject'],
    ['Nobody knows.', 'not one subject'],
    ['“Email” and “Brand” had 95 leads.', 'not one subject'],
    ['“Email” in the month had 95 leads.', 'not one subject'],
    ['“Email” had 95 leads with “Evil”.', 'another name'],
    ['“Email” had 96 leads.', 'a figure that is not the subject’s: 96 leads.'],
    ['“Email” had revenue of $20,206.', 'a figure that is not the subject’s: $20,206.'],
    ['“Email” had revenue of 1$20,205.', 'revenue is not 1'],
    ['“Email” had revenue of −$20,205.', 'a figure that is not the subject’s: −$20,205.'],
    ['“Email” had revenue of -$20,205.', 'a figure that is not the subject’s: -$20,205.'],
    ['“Email” had revenue of $20,205.50.', 'a figure that is not the subject’s: $20,205.50.'],
    ['“Email” had revenue of $20,205%.', 'a figure that is not the subject’s: $20,205%.'],
    ['“Email” had cost of $9.', 'a figure that is not the subject’s: $9.'],
    ['“Brand” had revenue of 95.', 'a figure without a label: 95'],
    ['“Email” had views of 95.', 'views is not 95'],
    ['“Email” had 95 views.', 'views is not 95'],
    ['“Email” had revenue of $31,430.', 'revenue is not $31,430'],
    ['“Email” had revenue of $20,205 in the previous period.', 'revenue was not $20,205 before'],
    ['“Email” recorded a 35.7% rise in revenue ($31,430 to $20,205).', 'revenue had no rise'],
    [
      '“Email” recorded a 35.7% fall in revenue ($20,205 to $31,430).',
      'revenue was not $20,205 before',
    ],
    [
      '“Email” recorded a fall in the win rate from 66.7% to 81.3% (+14.7 points).',
      'win rate had no fall',
    ],
    [
      '“Email” recorded a rise in the win rate from 81.3% to 66.7% (+14.7 points).',
      'win rate was not 81.3% before',
    ],
    ['“Email” recorded a rise in views (−49.6%).', 'views had no rise'],
    ['“Email” had a change of 35.7% in views.', 'views did not move by 35.7%'],
    ['“Email” had no change in revenue ($20,205 in both periods).', 'revenue had no no change'],
    ['“Email” had revenue, basis leads of $20,205.', 'leads is not $20,205'],
    ['“Email” had revenue, basis record of $20,205.', 'a figure without a label: $20,205'],
    ['“Email” recorded a 35.7% sharp fall in revenue.', 'a figure without a label: 35.7%'],
    ['“Email” recorded a 35.7% fall in all revenue.', 'a figure without a label: 35.7%'],
    ['“Email” had revenue of about $20,205.', 'a figure without a label: $20,205'],
    ['“Email” had 35.7% in revenue.', 'a figure without a label: 35.7%'],
    ['“Email” had a change of 95 great leads.', 'a figure without a label: 95'],
    ['“Email” had a change of under 0.1% great in clicks.', 'a figure without a label: under 0.1%'],
    ['“Email” had a change of under 0.1% in great clicks.', 'a figure without a label: under 0.1%'],
    ['“Email” had -5 with 95 leads.', 'a figure that is not the subject’s: -5 with 95 leads.'],
    ['“Email” had 95 twice-approved leads.', 'a figure without a label: 95'],
    ['“Email” had 95 leads, twice-approved.', 'a claim that no token made: approved'],
    ['“Email” had revenue.', 'no fact'],
    ['“Email” is here.', 'no fact'],
    ['“Email” had 95 leads at a low cost.', 'a label without a figure of the subject: cost'],
    ['“Email” had 95 leads and grew.', 'a claim that no token made: grew'],
    ['“Email” had the highest of 95 leads.', 'a claim that no token made: highest'],
    ['“Email” had 95 leads, highest here.', 'a claim that no token made: highest'],
    ['“Email” had 95 leads, approved.', 'a claim that no token made: approved'],
    ['“Email” had two with 95 leads.', 'a claim that no token made: two'],
    ['“Email” had 95 leads because of it.', 'a claim that no token made: because'],
    ['“Email” had no 95 leads.', 'a claim that no token made: no'],
    ['“Email” had half of it with 95 leads.', 'a claim that no token made: half'],
    ['“Email” had a call to stop with 95 leads.', 'a claim that no token made: stop'],
  ])('refuses %s', (text, fault) => {
    expect(readBack(text, SCENE)).toBe(fault)
  })
})
