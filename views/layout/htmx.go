package layout

// htmxConfig keeps the hypermedia script inside our rules: no code from attributes, no styles of its own, nothing kept in the browser's
// storage, no other host. Refused forms (422) are swapped in place; every other error goes to the notice.
const htmxConfig = `{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0,` +
	`"refreshOnHistoryMiss":true,"historyRestoreAsHxRequest":false,"scrollBehavior":"auto","responseHandling":[{"code":"204","swap":false},` +
	`{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"[45]..","swap":true,"error":true,"target":"#notice","swapOverride":"innerHTML"}]}`
