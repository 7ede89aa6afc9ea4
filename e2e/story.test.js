import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Story, samples } from './pages.js'
import { open } from './workbench.js'

let workbench, known
before(async () => {
  workbench = await open()
  known = await samples(await workbench.visit())
})
after(() => workbench?.close())

const alertColumns = ['Alert Name', 'Criticality', 'Local IP', 'External IP', 'Vendor User Name', 'Device Name', 'OS', 'Vendor Domain Name', 'Alert ID',
  'MITRE Techniques', 'Status', 'First Activity Date', 'Last Activity Date', 'Threat Name', 'Description & Recommended Actions']

test('an endpoint story shows every widget', async () => {
  const story = new Story(await workbench.visit())
  await story.open(known.endpoint.id)
  for (const name of ['Summary', 'Timeline', 'Details', 'Entities', 'Alerts', 'Evidences']) await story.widget(name).first().waitFor()
  const heads = await story.alerts.getByRole('columnheader').allTextContents()
  for (const name of alertColumns) assert.ok(heads.some(head => head.replace(/\s+/g, ' ').includes(name)), `the alerts table has the column ${name}; it has ${heads}`)
  const link = story.details.getByRole('link', { name: /Incident URL|security\.microsoft\.com|Defender/ }).first()
  assert.match(await link.getAttribute('href'), /^https:\/\/security\.microsoft\.com\//)
})

test('an expanded alert shows its tree; a node opens its evidence', async () => {
  const story = new Story(await workbench.visit())
  const said = []
  story.page.on('console', message => said.push(message.text()))
  await story.open(known.endpoint.id)
  await story.expand()
  assert.ok(await story.nodes.count() > 3)
  await story.show(story.nodes.nth(1))
  assert.match(await story.panel.innerText(), /Verdict/)
  assert.deepEqual(said, [])
})

test('Tab stops once at a tree, at the row that was left, and at what can be opened in it', async () => {
  const story = new Story(await workbench.visit())
  await story.open(known.endpoint.id)
  await story.expand()
  const stops = () => story.tree.evaluate(tree => {
    const rows = [...tree.querySelectorAll('[role=treeitem]')].filter(row => row.tabIndex === 0)
    const controls = [...tree.querySelectorAll('a[href], button, summary')].filter(control => control.tabIndex === 0)
    return { rows: rows.map(row => row.id), astray: controls.filter(control => !rows.includes(control.closest('[role=treeitem]')) || control.matches('.tree-name')).length }
  })
  const first = await stops()
  assert.equal(first.rows.length, 1)
  assert.equal(first.astray, 0)
  await story.nodes.first().focus()
  await story.page.keyboard.press('ArrowDown')
  const second = await stops()
  assert.equal(second.rows.length, 1)
  assert.notEqual(second.rows[0], first.rows[0])
  assert.equal(second.astray, 0)
})

test('the whole tree is within reach of the keyboard', async () => {
  const story = new Story(await workbench.visit())
  await story.open(known.endpoint.id)
  await story.expand()
  const items = story.nodes
  const focused = () => story.page.evaluate(() => document.activeElement.closest('[role=treeitem]')?.id ?? '')
  const ids = await items.evaluateAll(all => all.map(item => item.id))
  await items.first().focus()
  assert.equal(await focused(), ids[0])
  await story.page.keyboard.press('End')
  const last = await focused()
  assert.notEqual(last, ids[0], 'End goes to the last row')
  await story.page.keyboard.press('Home')
  assert.equal(await focused(), ids[0])
  await story.page.keyboard.press('ArrowDown')
  assert.equal(await focused(), ids[1])
  await story.page.keyboard.press('ArrowUp')
  await story.page.keyboard.press('ArrowLeft')
  assert.equal(await items.first().getAttribute('aria-expanded'), 'false', 'ArrowLeft folds a branch')
  await story.page.keyboard.press('ArrowRight')
  assert.equal(await items.first().getAttribute('aria-expanded'), 'true')
  await story.page.keyboard.press('ArrowRight')
  assert.equal(await focused(), ids[1], 'ArrowRight goes into an open branch')
  await story.page.keyboard.press('Enter')
  await story.panel.getByRole('heading').first().waitFor()
})

test('evidences stand in kinds with their columns', async () => {
  const story = new Story(await workbench.visit())
  await story.open(known.endpoint.id)
  await story.tab(/^Evidences/).click()
  await story.page.waitForURL(/\/evidence/)
  const kinds = {
    Processes: ['Process Name', 'Process ID', 'Process Command Line', 'File Path'],
    Files: ['File Path', 'File Name', 'File Size'],
    Registry: ['Name', 'Registry Value Type', 'Registry Value'],
    Network: ['Destination IP', 'Destination Port', 'DNS', 'HTTP', 'URL'],
  }
  for (const [kind, columns] of Object.entries(kinds)) {
    await story.page.getByRole('link', { name: new RegExp(`^${kind}`) }).first().click()
    const table = story.page.getByRole('table', { name: new RegExp(kind) }).first()
    await table.waitFor()
    const heads = (await table.getByRole('columnheader').allTextContents()).map(text => text.replace(/\s+/g, ' '))
    for (const name of ['Verdict', 'Remediation Status', 'Created', ...columns]) assert.ok(heads.some(head => head.includes(name)), `${kind} has the column ${name}; it has ${heads}`)
  }
})

test('a mail story answers three questions from stored evidence', async () => {
  const story = new Story(await workbench.visit())
  await story.open(known.mail.id)
  for (const question of [/who got it/i, /who clicked/i, /devices/i]) await story.page.getByText(question).first().waitFor()
  for (const name of ['Summary', 'Timeline', 'Details', 'Entities', 'Evidence']) await story.widget(name).first().waitFor()
  const recipient = known.mail.evidence.messages.map(m => m.recipient).find(Boolean)
  await story.page.getByText(recipient).first().waitFor()
})

test('a mail story that knows no device leads to what Defender for Endpoint says of the incident', async () => {
  const whole = known.all.find(s => s.producer.endsWith('Office 365') && s.siblings.some(b => b.producer.endsWith('Endpoint')) && s.alerts.every(a => a.deviceNames.length === 0))
  const sibling = whole.siblings.find(b => b.producer.endsWith('Endpoint'))
  const story = new Story(await workbench.visit())
  await story.open(whole.id)
  await story.page.getByText('Not known from these alerts.').first().waitFor()
  await story.page.getByRole('link', { name: /^Defender for Endpoint has \d+ alerts? in the same incident$/ }).click()
  await story.page.waitForURL(new RegExp(sibling.id))
})

test('stories of one incident name each other', async () => {
  const whole = known.all.find(s => s.siblings.length > 0)
  const story = new Story(await workbench.visit())
  await story.open(whole.id)
  await story.page.locator(`a[href^="/stories/${whole.siblings[0].id}"]`).first().click()
  await story.page.waitForURL(new RegExp(whole.siblings[0].id))
  await story.page.locator(`a[href^="/stories/${whole.id}"]`).first().waitFor()
})

test('raw data has a table and the documents, byte for byte', async () => {
  const story = new Story(await workbench.visit())
  await story.open(known.mail.id)
  await story.tab(/^Raw Data/).click()
  await story.page.waitForURL(/\/raw/)
  const table = story.page.getByRole('table').first()
  assert.ok(await table.getByRole('columnheader').count() > 5)
  const address = await story.page.locator(`a[href*="/raw/"]`).first().getAttribute('href')
  const answer = await story.page.request.get(address)
  assert.match(answer.headers()['content-type'], /application\/json/)
  assert.equal(typeof JSON.parse(await answer.text()), 'object')
})
