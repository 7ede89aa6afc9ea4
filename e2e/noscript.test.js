import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { List, Story, samples } from './pages.js'
import { open } from './workbench.js'

let workbench, known
before(async () => {
  workbench = await open()
  known = await samples(await workbench.visit())
})
after(() => workbench?.close())

const visit = () => workbench.visit({ javaScriptEnabled: false })

test('without scripts: sort, narrow, search, open', async () => {
  const list = new List(await visit())
  await list.open()
  await list.head(/^Criticality/).getByRole('link').click()
  await list.page.waitForURL(/sort=/)
  await list.narrow(/Generic Incident/, { scripts: false })
  await list.page.waitForURL(/producerType=genericIncident/)
  await list.search.fill(`"${known.mail.indication}"`)
  await list.search.press('Enter')
  await list.page.waitForURL(/q=/)
  await list.story(known.mail.indication).click()
  await list.page.waitForURL(new RegExp(`/stories/${known.mail.id}`))
})

test('without scripts: a value leads to every story that has it', async () => {
  const list = new List(await visit())
  await list.open('sort=criticality')
  assert.equal(await list.table.getByRole('button', { name: /^Menu of/ }).count(), 0, 'no button that does nothing')
  await list.table.getByRole('link', { name: 'Open', exact: true }).first().click()
  await list.page.waitForURL(url => url.search === '?status=open')
})

test('without scripts: an alert expands, a node opens its evidence', async () => {
  const story = new Story(await visit())
  await story.open(known.endpoint.id)
  await story.expand()
  await story.show(story.nodes.nth(1))
})

test('without scripts: evidences, raw data, a saved comment, its undoing', async () => {
  const story = new Story(await visit())
  await story.open(known.endpoint.id)
  await story.tab(/^Evidences/).click()
  await story.page.getByRole('table').first().waitFor()
  await story.tab(/^Raw Data/).click()
  await story.page.getByRole('table').first().waitFor()
  await story.open(known.quiet.id)
  await story.manage({ Comment: 'written without a script' })
  await story.save()
  await story.timeline.getByText('written without a script').first().waitFor()
  await story.undo()
  assert.doesNotMatch(JSON.stringify((await story.json(known.quiet.id)).lastComment), /written without/)
})

test('without scripts: columns, theme and zone', async () => {
  const list = new List(await visit())
  await list.open()
  await list.addColumn(/^Labels/)
  await list.head(/^Labels/).waitFor()
  await list.page.locator('summary').filter({ hasText: 'Display' }).click()
  await list.page.getByText('Dark', { exact: true }).click()
  await list.page.getByRole('button', { name: 'Apply' }).filter({ visible: true }).first().click()
  await list.page.locator('html[data-theme=dark]').waitFor({ state: 'attached' })
})
