// Where things are on the pages, by the names that people read. Tests speak of these and never of markup.

// List is the page Stories Workbench.
export class List {
  constructor(page) {
    this.page = page
    this.heading = page.getByRole('heading', { level: 1 })
    this.table = page.getByRole('table').first()
    this.rows = this.table.locator('tbody tr').filter({ has: page.getByRole('link') })
    this.search = page.getByRole('searchbox')
    this.facets = page.getByRole('form', { name: 'Filters' })
    this.filter = page.getByRole('form', { name: 'Add a filter' })
    this.chips = page.getByRole('list', { name: 'Active filters' })
    this.wider = page.locator('.stories-wider')
    this.columns = page.locator('details', { has: page.locator('summary', { hasText: 'Columns' }) })
    this.next = page.getByRole('link', { name: 'Next page' })
    this.news = page.getByRole('link', { name: /^([\d,]+ new|[\d,]+ changed|[\d,]+ new, [\d,]+ changed): load$/ })
  }
  // arrive loads what comes, as often as something comes, until a story is there.
  async arrive(name) {
    const line = this.page.locator('#stories-news'), story = this.story(name)
    for (;;) {
      await this.news.or(story).first().waitFor()
      if (await story.isVisible()) return
      const address = await line.getAttribute('data-address')
      await this.news.click()
      await this.page.locator(`#stories-news:not([data-address="${address}"])`).waitFor()
    }
  }
  open(query = '') { return this.page.goto('/stories' + (query ? '?' + query : '')) }
  head(name) { return this.table.getByRole('columnheader', { name }) }
  story(name) { return this.table.getByRole('link', { name }).first() }
  // narrow ticks a value of a facet. A script sends the form at once; without one there is a button.
  async narrow(name, { scripts = true } = {}) {
    await this.facets.getByRole('checkbox', { name }).first().check()
    if (!scripts) await this.facets.getByRole('button', { name: 'Apply filters' }).click()
  }
  menu(name) { return this.page.locator('.stories-tools details > summary', { hasText: name }) }
  chip(words) { return this.chips.getByRole('listitem').filter({ hasText: words }) }
  // said are the active filters in words.
  async said() { return (await this.chips.locator('.filter-chip-text').allInnerTexts()).map(text => text.replace(/\s+/g, ' ').trim()) }
  // choose opens the form that adds a filter, for a field. A script asks for the field's part at once; without one there is a button.
  async choose(field, { scripts = true } = {}) {
    if (!await this.filter.isVisible()) await this.page.locator('#filter-add > summary').click()
    const value = await this.filter.getByLabel('Field').evaluate((list, label) => [...list.options].find(o => o.label === label).value, field)
    if (await this.filter.getByLabel('Field').inputValue() === value) return
    const part = scripts ? this.page.waitForResponse(r => r.url().includes('field=' + value)) : undefined
    await this.filter.getByLabel('Field').selectOption(value)
    if (!scripts) await this.filter.getByRole('button', { name: 'Show its values' }).click()
    await part
    await this.filter.locator(`#filter-what[data-field="${value}"]`).waitFor()
  }
  async apply() {
    const before = this.page.url()
    await this.filter.getByRole('button', { name: 'Apply' }).click()
    await this.page.waitForURL(url => url.href !== before)
    await this.filter.waitFor({ state: 'hidden' })
  }
  async addColumn(name) {
    await this.columns.locator('summary').click()
    await this.columns.getByRole('checkbox', { name }).check()
    await this.columns.getByRole('button', { name: 'Save columns' }).click()
  }
  // ids are the stories on the page, in order, from the addresses of their links.
  ids() {
    return this.table.locator('tbody tr').evaluateAll(rows => rows.map(row => row.querySelector('a[href*="/stories/"]')?.getAttribute('href').match(/\/stories\/([^/?#]+)/)?.[1]).filter(Boolean))
  }
  async json(query = '') { return (await this.page.request.get('/stories.json' + (query ? '?' + query : ''))).json() }
}

// Story is the drill-down page.
export class Story {
  constructor(page) {
    this.page = page
    this.heading = page.getByRole('heading', { level: 1 })
    this.tabs = page.getByRole('navigation', { name: 'Story', exact: true })
    this.summary = this.widget('Story')
    this.alerts = this.widget('Alerts')
    this.timeline = this.widget('Timeline')
    this.details = this.widget('Details')
    this.actions = this.widget('Story Actions')
    this.tree = page.getByRole('tree').first()
    this.nodes = this.tree.getByRole('treeitem')
    this.panel = page.locator('#evidence-panel')
  }
  open(id, tab = '', query = '') { return this.page.goto(`/stories/${id}${tab && '/' + tab}${query && '?' + query}`) }
  tab(name) { return this.tabs.getByRole('link', { name }) }
  widget(name) { return this.page.getByRole('region', { name, exact: true }) }
  // expand opens the first alert and waits for its process tree.
  async expand() {
    await this.alerts.getByRole('rowheader').first().getByRole('link').click()
    await this.tree.waitFor()
  }
  // show opens the evidence of a node of the tree in the panel.
  async show(node) {
    await node.getByRole('link').first().click()
    await this.panel.getByRole('heading').first().waitFor()
  }
  // manage opens Story Actions and fills in what is given, by label; a field with fixed values takes the label of a value.
  async manage(values) {
    if (!await this.actions.isVisible()) await this.page.getByRole('link', { name: 'Manage story' }).click()
    for (const [label, value] of Object.entries(values)) {
      const field = this.field(label)
      if (await field.evaluate(e => e.tagName) === 'SELECT') await field.selectOption({ label: value })
      else await field.fill(value)
    }
  }
  field(label) { return this.actions.getByLabel(label, { exact: true }) }
  // save and undo give the server's answer to the form.
  save() { return this.send(this.actions.getByRole('button', { name: 'Save' })) }
  async undo() {
    if (await this.actions.isVisible()) await this.actions.getByRole('link', { name: 'Close' }).click()
    return this.send(this.timeline.getByRole('button', { name: 'Undo' }).first())
  }
  async send(button) {
    const [answer] = await Promise.all([this.page.waitForResponse(r => r.request().method() === 'POST'), button.click()])
    await this.page.waitForLoadState()
    return answer
  }
  async json(id) { return (await this.page.request.get(`/stories/${id}.json`)).json() }
}

// The stories of the demo that tests ask for, found by what they hold and not by their names.
export async function samples(page) {
  const { stories } = await new List(page).json('limit=1000')
  const whole = await Promise.all(stories.map(async s => (await page.request.get(`/stories/${s.id}.json`)).json()))
  const nodes = s => Math.max(0, ...s.processTrees.map(t => t.nodes.length))
  const most = (list, measure) => list.toSorted((a, b) => measure(b) - measure(a))[0]
  return {
    all: whole,
    endpoint: most(whole.filter(s => s.producerType === 'microsoftEndpointAlert'), nodes),
    mail: most(whole.filter(s => s.producerType === 'genericIncident' && s.evidence.messages.length > 0), s => s.evidence.messages.length + s.siblings.length * 10),
    quiet: whole.filter(s => s.status === 'open' && s.alertCount > 0).at(-1),
  }
}

// Connectors is Connectors Settings, the tabs of Integrations, the panel beside them, and a connector's own page.
export class Connectors {
  constructor(page) {
    this.page = page
    this.heading = page.getByRole('heading', { level: 1 })
    this.panel = page.getByRole('region', { name: /^New (Connector|Integration)$/ })
    this.new = page.getByRole('link', { name: 'New', exact: true }).first()
    this.tenants = page.locator('section[data-live=connector]')
  }
  open() { return this.page.goto('/connectors') }
  // follow takes the navigation as the words say it.
  follow(group, entry) { return this.page.locator(`nav[aria-label="Main"] p:text-is("${group}") + ul`).getByRole('link', { name: entry }).click() }
  tab(name) { return this.page.getByRole('navigation').getByRole('link', { name: new RegExp(`^${name}`) }) }
  row(name) { return this.page.locator('[data-row]').filter({ has: this.page.getByText(name, { exact: true }) }) }
  tenant(name) { return this.page.getByRole('region', { name, exact: true }) }
  // status waits until the row of a connector says a status. It does not reload.
  status(name, words) { return this.row(name).getByText(words, { exact: true }).waitFor() }
  // begin opens the panel for an application, by the words of its choice.
  async begin(application, { scripts = true } = {}) {
    await this.new.click()
    await this.panel.waitFor()
    await this.page.getByLabel(/^(SaaS Application|Integration)$/).selectOption({ label: application })
    if (!scripts) await this.page.getByRole('button', { name: 'Show fields' }).click()
    await this.panel.getByRole('button', { name: /Save/ }).waitFor()
  }
  // fill fills in fields of the panel by label; a field with fixed values takes the label of a value.
  async fill(values) {
    for (const [label, value] of Object.entries(values)) {
      const field = this.panel.getByLabel(label, { exact: true })
      if (await field.evaluate(e => e.tagName) === 'SELECT') await field.selectOption({ label: value })
      else await field.fill(value)
    }
  }
  // leave presses a button that opens a new tab, and gives the tab.
  async leave(button) {
    const [tab] = await Promise.all([this.page.context().waitForEvent('page'), button.click()])
    await tab.waitForLoadState()
    return tab
  }
  // parent connects a tenant whose registration was had from the portal, with a secret or with a certificate that upload uploads, and gives the tab as Microsoft asks who signs in.
  async parent(name, registration, { application = 'Microsoft 365', secret, upload, scripts } = {}) {
    await this.begin(application, { scripts })
    await this.fill({ 'Connector Name': name, 'Tenant id or domain': registration.tenant, 'Application (client) id': registration.client, 'Object id': registration.object })
    if (secret) {
      await this.panel.getByLabel('A client secret', { exact: true }).check()
      await this.fill({ 'Client secret': secret })
    }
    const tab = await this.leave(this.panel.getByRole('button', { name: 'Authorize and Save' }))
    if (upload) await upload(tab)
    await tab.waitForURL(/\/oauth2\/v2\.0\/authorize/)
    return tab
  }
  // signIn is parent to its end: an administrator signs in and accepts.
  async signIn(name, registration, options) {
    const tab = await this.parent(name, registration, options)
    await new Microsoft(tab).grant('Dana Admin')
    await tab.getByRole('heading', { name: 'Permissions were applied' }).waitFor()
    await tab.close()
  }
  // child adds a Defender connector and saves it.
  async child(name, application = 'Microsoft Defender for Endpoint', { tenant, scripts } = {}) {
    await this.begin(application, { scripts })
    await this.fill({ 'Connector Name': name, ...(tenant ? { 'Connector Tenant': tenant } : {}) })
    await this.panel.getByRole('button', { name: 'Save', exact: true }).click()
    await this.panel.getByText('The connector was created').waitFor()
  }
  // authorize presses Authorize in the panel after Save, and gives the tab at Microsoft.
  async authorize() {
    const tab = await this.leave(this.panel.getByRole('button', { name: /^Authorize/ }))
    await tab.waitForURL(/\/adminconsent/)
    return tab
  }
  async json() { return (await (await this.page.request.get('/connectors.json')).json()).connectors }
}

// Microsoft is a tab at Microsoft's own pages: who signs in, and what is asked for.
export class Microsoft {
  constructor(tab) {
    this.tab = tab
    this.permissions = tab.locator('.permissions')
  }
  account(name) { return this.tab.getByRole('button', { name }).first() }
  async choose(name) {
    await this.tab.getByRole('heading', { name: 'Pick an account' }).waitFor()
    await this.account(name).click()
  }
  async asked() {
    await this.tab.getByRole('heading', { name: 'Permissions requested' }).waitFor()
    return this.permissions.innerText()
  }
  accept() { return this.tab.getByRole('button', { name: 'Accept' }).click() }
  cancel() { return this.tab.getByRole('button', { name: 'Cancel' }).click() }
  async grant(name) {
    await this.choose(name)
    await this.asked()
    await this.accept()
  }
}

// Portal is Microsoft's portal, where the administrator of a tenant registers the application.
export class Portal {
  constructor(page, address) {
    this.page = page
    this.address = address
  }
  // tenant opens the page of a tenant, area that of its attacks or faults.
  async tenant(name, area) {
    await this.page.goto(this.address)
    await this.page.getByRole('link', { name, exact: true }).first().click()
    if (area) await this.page.getByRole('link', { name: area }).click()
  }
  // registration opens the app registration of a tenant and gives its ids.
  async registration(tenant, app = 'Stories Workbench') {
    await this.tenant(tenant)
    await this.page.getByRole('link', { name: app, exact: true }).first().click() // the registration; the enterprise application stands below
    const value = label => this.page.getByLabel(label, { exact: true }).inputValue()
    return { client: await value('Application (client) ID'), object: await value('Object ID'), tenant: await value('Directory (tenant) ID') }
  }
  // the rest acts on the app registration that is open.
  async press(name, said) {
    await this.page.getByRole('button', { name, exact: typeof name === 'string' }).click()
    await this.page.getByRole('status').filter({ hasText: said }).waitFor()
  }
  async secret() {
    await this.page.getByRole('button', { name: 'New client secret' }).click()
    return this.page.locator('#secret').innerText()
  }
  async upload(file) {
    await this.page.getByLabel(/^Upload certificate/).setInputFiles(file)
    await this.press('Add certificate', 'The certificate was added.')
  }
  // attack lets one begin, so many times as fast as told.
  async attack(tenant, title, speed) {
    await this.tenant(tenant, 'Attacks')
    await this.page.getByRole('radio', { name: new RegExp(title) }).check()
    await this.page.getByLabel(/^Speed/).fill(String(speed))
    await this.press('Begin', 'The attack has begun.')
  }
}

// Views is the menu of views in the head of the list, and the page on which views are kept in order.
export class Views {
  constructor(page) {
    this.page = page
    this.menu = page.locator('details', { has: page.locator('summary', { hasText: 'View:' }) }).first()
    this.button = this.menu.locator('summary').first()
    this.changed = this.button.getByText('changed', { exact: true })
  }
  // name is what the menu says is looked at.
  async name() { return (await this.button.locator('.view-name').innerText()).trim() }
  async show() {
    if (!await this.menu.evaluate(e => e.open)) await this.button.click()
  }
  entry(name) { return this.menu.getByRole('link', { name }) }
  async choose(name) {
    await this.show()
    await this.entry(name).click()
  }
  async saveAs(name, { share } = {}) {
    await this.show()
    await this.menu.getByText('Save as a view').click()
    await this.menu.getByLabel('Name', { exact: true }).fill(name)
    if (share) await this.menu.getByLabel(/^Share/).check()
    await this.menu.getByRole('button', { name: 'Save view' }).click()
    await this.page.locator('.view-name', { hasText: name }).waitFor()
  }
  async saveChanges() {
    await this.show()
    await this.menu.getByRole('button', { name: /^Save changes to/ }).click()
  }
  async star(name) {
    await this.show()
    await this.menu.getByRole('button', { name: `Open “${name}” first` }).click()
  }
  open() { return this.page.goto('/views') }
  row(name) { return this.page.getByRole('listitem').filter({ has: this.page.getByRole('link', { name, exact: true }) }) }
  async rename(name, to) {
    await this.row(name).getByLabel(`Name of “${name}”`).fill(to)
    await this.row(name).getByRole('button', { name: 'Rename' }).click()
  }
  // ask opens what stands behind a button of a row, and presses the button that it shows.
  async ask(name, button, answer) {
    await this.row(name).locator('summary', { hasText: button }).click()
    await this.row(name).getByRole('button', { name: answer }).click()
  }
}

// Groups is the list in groups.
export class Groups {
  constructor(page) {
    this.page = page
    this.menu = page.locator('details', { has: page.locator('summary', { hasText: /^\s*(Group|By )/ }) }).first()
    this.all = page.locator('section.story-group')
  }
  async by(name) {
    await this.menu.locator('summary').click()
    await this.menu.getByRole('link', { name, exact: true }).click()
    await this.page.waitForURL(/group=/)
  }
  one(name) { return this.all.filter({ has: this.page.getByRole('heading', { level: 2, name }) }) }
  toggle(group) { return group.getByRole('link', { name: /^(Open|Close)/ }).first() }
  rows(group) { return group.getByRole('table').locator('tbody tr') }
  ids(group) { return this.rows(group).evaluateAll(rows => rows.map(row => row.id.replace('story-', ''))) }
}
