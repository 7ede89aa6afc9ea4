// The path of each mission document, from the first page to the first story, against a simulated Microsoft. The words are the documents'.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Connectors, List, Microsoft, Portal, Story } from './pages.js'
import { open } from './workbench.js'

// begin starts a demo and gives the pages that a path needs. Nothing is connected in it.
async function begin(t, options) {
  const workbench = await open()
  t.after(() => workbench.close())
  const connectors = new Connectors(await workbench.visit({ viewport: { width: 1680, height: 1000 }, ...options }))
  const portal = new Portal(await workbench.visit(), workbench.portal)
  await connectors.page.goto('/stories')
  return { workbench, connectors, portal, page: connectors.page }
}

// uploaded takes the certificate from the page between to the portal, as an administrator does.
function uploaded(portal) {
  return async tab => {
    await tab.getByRole('heading', { name: 'Microsoft does not know the certificate yet' }).waitFor()
    const [file] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('link', { name: 'Download certificate' }).click()])
    assert.match(file.suggestedFilename(), /\.cer$/)
    const print = await tab.getByText('Thumbprint (SHA-1)').locator('xpath=following-sibling::dd').locator('code').innerText()
    await portal.upload(await file.path())
    const shown = await portal.page.getByRole('cell').filter({ hasText: 'SHA-256' }).innerText()
    assert.ok(shown.toUpperCase().includes(print.replaceAll(/[^0-9A-Fa-f]/g, '').toUpperCase()), `the portal shows the thumbprint ${print}: ${shown}`)
  }
}

// success is what the documents promise of the tab that comes back.
async function success(tab) {
  await tab.getByRole('heading', { name: 'Permissions were applied' }).waitFor()
  await tab.getByText('You can close this tab and return to the workbench.').waitFor()
  assert.equal(new URL(tab.url()).pathname, '/connectors/callback')
}

test('Microsoft Defender for Endpoint, from Security > Connectors to a story', async t => {
  const { workbench, connectors, portal, page } = await begin(t)
  const reloads = []
  // 1. From the navigation menu, select Security > Connectors, and select the Connectors Settings tab.
  await connectors.follow('Security', 'Connectors')
  await connectors.tab('Connectors Settings').click()
  await connectors.heading.filter({ hasText: 'Connectors Settings' }).waitFor()
  // 2. Click New. The New Connector panel opens. 3. From the SaaS Application drop-down menu, select the Microsoft 365 app.
  await connectors.new.click()
  await page.getByRole('region', { name: 'New Connector' }).waitFor()
  await page.getByLabel('SaaS Application', { exact: true }).selectOption({ label: 'Microsoft 365' })
  await connectors.panel.getByText('Microsoft 365 E3 or higher').waitFor()
  for (const words of ['Read all security incidents', 'Read all security alerts', 'Sign in and read user profile']) await connectors.panel.getByText(words).waitFor()
  // 4. Enter a unique Connector Name. 5. Click Authorize and Save. A new browser tab opens.
  const registration = await portal.registration('Tailspin Toys')
  await connectors.fill({ 'Connector Name': 'tailspin', 'Tenant id or domain': 'tailspin.example', 'Application (client) id': registration.client, 'Object id': registration.object })
  page.on('framenavigated', frame => { if (frame === page.mainFrame()) reloads.push(frame.url()) })
  const tab = await connectors.leave(connectors.panel.getByRole('button', { name: 'Authorize and Save' }))
  await uploaded(portal)(tab)
  // 6. Select the Microsoft account, accept the permissions. The screen shows that you have successfully applied the permissions.
  await tab.waitForURL(/\/oauth2\/v2\.0\/authorize/)
  const microsoft = new Microsoft(tab)
  await microsoft.choose('Dana Admin')
  assert.match(await microsoft.asked(), /Sign in and read user profile/)
  await microsoft.accept()
  await success(tab)
  await tab.getByText('dana@tailspin.example').waitFor()
  await tab.close()
  // 7. The Microsoft 365 SaaS application is added to the Connectors Settings page: in the tab that was never left or loaded again.
  await connectors.status('tailspin', 'Connected')
  await connectors.row('tailspin').getByText('Microsoft 365', { exact: true }).waitFor()
  await connectors.tenant('Tailspin Toys').waitFor()
  assert.deepEqual(reloads, [], 'the page changed by itself')

  // The Defender connector: New, SaaS Application, Connector Tenant, Connector Name, Save.
  await connectors.open()
  await connectors.begin('Microsoft Defender for Endpoint')
  const parents = await connectors.panel.getByLabel('Connector Tenant', { exact: true }).locator('option').allTextContents()
  assert.deepEqual(parents, ['Tailspin Toys · tailspin'])
  await connectors.fill({ 'Connector Tenant': parents[0], 'Connector Name': 'tailspin-mde' })
  await connectors.panel.getByRole('button', { name: 'Save', exact: true }).click()
  await connectors.panel.getByText(/^The connector was created\. Status:\s+Pending user consent$/).waitFor()
  await connectors.status('tailspin-mde', 'Pending user consent')
  // Whoever looks at the Stories Workbench meanwhile.
  const list = new List(await workbench.visit())
  await list.open('sort=-updated')
  const before = await list.ids()
  // After the connector is successfully created, click Authorize. A new browser tab opens: choose the account, review, accept.
  reloads.length = 0
  const consent = await connectors.authorize()
  const asking = new Microsoft(consent)
  await asking.choose('Dana Admin')
  const asked = await asking.asked()
  for (const words of ['Read all security incidents', 'Read all security alerts', 'Sign in and read user profile']) assert.ok(asked.includes(words), `Microsoft asks for "${words}": ${asked}`)
  await asking.accept()
  await success(consent)
  await consent.close()
  // The status becomes Connected by itself, in the panel and in the list.
  await connectors.row('tailspin-mde').getByText(/^Connected/).waitFor()
  await connectors.panel.getByText(/Status:\s+Connected/).waitFor()
  assert.deepEqual(reloads, [])

  // Once you have created the connector, stories will be visible in the Stories Workbench. The list says so and does not move.
  await list.news.waitFor()
  assert.deepEqual(await list.ids(), before, 'nothing moves before somebody loads it')
  await list.news.click()
  await list.table.getByText('Tailspin Toys').first().waitFor()
  // An attack arrives.
  await list.open('sort=-created')
  const quiet = await list.ids()
  await portal.attack('Tailspin Toys', 'Ransomware on one computer', 60)
  await list.news.waitFor()
  assert.deepEqual(await list.ids(), quiet)
  const attack = /^(Unknown program from a download was started|Shadow copies were deleted|Many files were encrypted)$/
  await list.arrive(attack)
  await list.story(attack).click()
  const story = new Story(list.page)
  await story.heading.filter({ hasText: attack }).waitFor()
  await story.alerts.waitFor()
})

test('Microsoft Defender for Office 365, from Resources > Integrations to a story', async t => {
  const { workbench, connectors, portal, page } = await begin(t)
  // From the navigation menu, select Resources > Integrations and click the Integrated Apps tab. Click New. The New Connector panel opens.
  await connectors.follow('Resources', 'Integrations')
  await connectors.tab('Integrated Apps').click()
  await connectors.new.click()
  await page.getByRole('region', { name: 'New Connector' }).waitFor()
  // Select the MS Tenant (Configure a new MS Tenant) app. Enter the Connector Name. Click Authorize and Save.
  await page.getByLabel(/^SaaS Application$/).selectOption({ label: 'MS Tenant (Configure a new MS Tenant)' })
  const registration = await portal.registration('Tailspin Toys')
  await connectors.fill({ 'Connector Name': 'tailspin', 'Tenant id or domain': registration.tenant, 'Application (client) id': registration.client, 'Object id': registration.object })
  const tab = await connectors.leave(connectors.panel.getByRole('button', { name: 'Authorize and Save' }))
  await uploaded(portal)(tab)
  await tab.waitForURL(/\/oauth2\/v2\.0\/authorize/)
  await new Microsoft(tab).grant('Dana Admin')
  await success(tab)
  await tab.close()
  // The Microsoft 365 SaaS application is added to the Integrated Apps tab.
  await connectors.status('tailspin', 'Connected')
  await connectors.row('tailspin').getByText('MS Tenant').waitFor()

  // Resources > Integrations, Configured Integrations, New. The New Integration panel opens.
  await connectors.follow('Resources', 'Integrations')
  await connectors.tab('Configured Integrations').click()
  await connectors.new.click()
  await page.getByRole('region', { name: 'New Integration' }).waitFor()
  await page.getByLabel('Integration', { exact: true }).selectOption({ label: 'Microsoft Defender for Office 365' })
  // In the Auth drop down, select the tenant. (Optional) Add a description. Click Save. Click Authorize.
  await connectors.fill({ 'Auth': 'Tailspin Toys · tailspin', 'Description (optional)': 'Mail of the whole company' })
  await connectors.panel.getByRole('button', { name: 'Save', exact: true }).click()
  await connectors.panel.getByText(/^The connector was created/).waitFor()
  const list = new List(await workbench.visit())
  await list.open('producerType=genericIncident')
  const consent = await connectors.authorize()
  const asking = new Microsoft(consent)
  // A Microsoft permissions screen appears. Review the requested permissions and click Accept.
  await asking.choose('Priya Roles')
  assert.match(await asking.asked(), /Read all security alerts/)
  await asking.accept()
  await success(consent)
  await consent.close()
  await connectors.row('Mail of the whole company').getByText(/^Connected/).waitFor()
  // The app is visible on the Integrated Apps table with a Connected status.
  await connectors.tab('Integrated Apps').click()
  await page.getByRole('row', { name: /Microsoft Defender for Office 365/ }).getByText(/^Connected/).waitFor()
  // Once you have created the connector, stories will be visible in the Stories Workbench.
  await list.news.click()
  await list.table.getByText('Tailspin Toys').first().waitFor()
})
