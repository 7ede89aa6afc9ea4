// Command lines, subjects and names are written by attackers. Here they try.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { List, Story } from './pages.js'
import { command, keep, open } from './workbench.js'

const attacks = [
  '<script>window.pwned=1</script>', '"><img src=x onerror="window.pwned=1">', '</textarea></title><svg onload=window.pwned=1>', '\'" autofocus onfocus=window.pwned=1 x="',
  'javascript:window.pwned=1', '{{constructor.constructor("window.pwned=1")()}}', '<a href="javascript:window.pwned=1" hx-get="/sign-out" hx-trigger="load">x</a>',
]
const hidden = 'invoice\u202Efdp.exe\u200B\u0007\u001B[31m'
const text = attacks.join(' ') + ' ' + hidden
const time = '2026-03-04T05:06:07Z'

const evidence = [
  { '@odata.type': '#microsoft.graph.security.deviceEvidence', createdDateTime: time, verdict: 'suspicious', deviceDnsName: text, mdeDeviceId: 'd'.repeat(40), osPlatform: attacks[1], lastIpAddress: attacks[0] },
  { '@odata.type': '#microsoft.graph.security.processEvidence', createdDateTime: time, verdict: attacks[0], processId: 77, parentProcessId: 7, mdeDeviceId: 'd'.repeat(40), processCreationDateTime: time, parentProcessCreationDateTime: time,
    processCommandLine: text, imageFile: { fileName: hidden, filePath: attacks[2], fileSize: 1 }, parentProcessImageFile: { fileName: attacks[3], filePath: attacks[2] }, userAccount: { accountName: attacks[1], domainName: attacks[0] } },
  { '@odata.type': '#microsoft.graph.security.urlEvidence', createdDateTime: time, verdict: 'malicious', url: 'javascript:window.pwned=1//' + attacks[1] },
  { '@odata.type': '#microsoft.graph.security.registryValueEvidence', createdDateTime: time, verdict: 'malicious', mdeDeviceId: 'd'.repeat(40), registryHive: attacks[0], registryKey: attacks[1], registryValueName: attacks[2], registryValueType: attacks[3], registryValue: text },
  { '@odata.type': '#microsoft.graph.security.analyzedMessageEvidence', createdDateTime: time, verdict: 'malicious', subject: text, recipientEmailAddress: attacks[1], networkMessageId: attacks[0], p1Sender: { emailAddress: attacks[2], displayName: attacks[3] }, urls: [attacks[4]], urlCount: 1 },
  { '@odata.type': attacks[1], [attacks[0]]: text, createdDateTime: time },
]
const alert = (id, serviceSource) => ({
  id, incidentId: '666', serviceSource, title: text, description: text, recommendedActions: text, severity: attacks[0], status: attacks[1], category: attacks[2], threatDisplayName: text, mitreTechniques: [attacks[0], 'T1059.001'],
  createdDateTime: time, lastUpdateDateTime: time, firstActivityDateTime: time, lastActivityDateTime: time, alertWebUrl: 'javascript:window.pwned=1', tenantId: '11111111-2222-3333-4444-555555555555', evidence,
  [attacks[1]]: attacks[0],
})
const incident = {
  id: '666', tenantId: '11111111-2222-3333-4444-555555555555', displayName: text, description: text, summary: text, severity: 'high', status: 'active', incidentWebUrl: 'javascript:window.pwned=1', customTags: attacks, assignedTo: attacks[0],
  createdDateTime: time, lastUpdateDateTime: time, alerts: [alert('<img src=x onerror=window.pwned=1>', 'microsoftDefenderForEndpoint'), alert('a"b\'c', 'microsoftDefenderForOffice365'), alert('z', attacks[1])],
}

let workbench, folder
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-hostile-'))
  const store = `bolt:${join(folder, 'hostile.db')}`
  writeFileSync(join(folder, 'hostile.json'), JSON.stringify(incident))
  command('import', '--store', store, join(folder, 'hostile.json'))
  workbench = await open({ store })
})
after(async () => {
  await workbench?.close()
  rmSync(folder, { recursive: true, force: true })
})

// watched opens a page that notes whatever an attack would cause.
async function watched() {
  const page = await workbench.visit()
  const caused = []
  page.on('dialog', dialog => { caused.push(`dialog ${dialog.message()}`); return dialog.dismiss() })
  page.on('pageerror', error => caused.push(`error ${error.message}`))
  page.on('request', request => { if (!request.url().startsWith(workbench.base) && !request.url().startsWith('data:')) caused.push(`request ${request.url()}`) })
  page.on('console', message => { if (/Content.Security.Policy|violates/i.test(message.text())) caused.push(`policy ${message.text()}`) })
  await page.addInitScript(() => document.addEventListener('securitypolicyviolation', e => { window.violated = `${e.violatedDirective} ${e.blockedURI}` }))
  return { page, caused, harmless: async () => {
    assert.equal(await page.evaluate(() => window.pwned ?? null), null, 'a script ran')
    assert.equal(await page.evaluate(() => window.violated ?? null), null, 'something tried what the policy forbids')
    assert.deepEqual(caused, [])
    const links = await page.locator('a[href]').evaluateAll(all => all.map(a => a.getAttribute('href')).filter(href => !/^[/#?]/.test(href)))
    assert.deepEqual(links, [], 'outside text became a link')
    assert.deepEqual(await page.locator('main [onerror], main [onload], main [onfocus], main script, main iframe, main [hx-trigger=load]').count(), 0, 'outside text became markup')
  } }
}

test('the list shows hostile text and runs none of it', async () => {
  const { page, harmless } = await watched()
  const list = new List(page)
  await list.open()
  await list.table.getByText('<script>window.pwned=1</script>').filter({ visible: true }).first().waitFor()
  await harmless()
  await keep(page, 'hostile-list')
})

test('every tab of a hostile story is harmless, and says what was hidden', async () => {
  const { page, harmless } = await watched()
  const list = new List(page)
  await list.open()
  const ids = await list.ids()
  assert.equal(ids.length, 3)
  for (const id of ids) {
    const story = new Story(page)
    for (const tab of ['', 'alerts', 'evidence', 'entities', 'timeline', 'raw']) {
      await story.open(id, tab)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await harmless()
      assert.ok(!(await page.locator('body').innerText()).includes('\u202E'), `a character that reverses text is bare on ${page.url()}`)
    }
    await story.open(id)
    await page.getByText(/U\+202E|RLO/).first().waitFor()
  }
})

test('an expanded alert and its panel are harmless too', async () => {
  const { page, harmless } = await watched()
  const { stories } = await new List(page).json()
  const story = new Story(page)
  await story.open(stories.find(s => s.producerType === 'microsoftEndpointAlert').id)
  await story.expand()
  await story.show(story.nodes.last())
  await harmless()
  await keep(page, 'hostile-story')
})

test('what is typed into the workbench is shown and not run', async () => {
  const { page, harmless } = await watched()
  const { stories: [first] } = await new List(page).json()
  const story = new Story(page)
  await story.open(first.id)
  await story.manage({ Comment: attacks.join('\n'), Owner: attacks[1], Labels: attacks[0] })
  await story.save()
  await story.timeline.getByText('<script>window.pwned=1</script>').first().waitFor()
  await harmless()
  await new List(page).open('q=' + encodeURIComponent(attacks[1]))
  await harmless()
})

test('cells of CSV are not formulas', async () => {
  const page = await workbench.visit()
  const { stories: [first] } = await new List(page).json()
  for (const address of ['/stories.csv', `/stories/${first.id}/raw.csv`, `/stories/${first.id}/evidence.csv`]) {
    const answer = await page.request.get(address)
    assert.equal(answer.status(), 200, address)
    assert.ok(!/(^|,|\n)"?[=@+]/.test(await answer.text()), `${address} has a cell that a spreadsheet would run`)
  }
})
