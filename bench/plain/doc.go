// Package plain is the import of incidents as it would be with encoding/json alone: the same files, documents, portions and store, but every
// byte is read by the standard decoder, each document into the structs of its kind where the store derives stories.
//
// Making stories of what was read can't be had apart from the workbench's own reading. So there are two bounds. Given: the stories are those that
// were made of the same group before and cost nothing, where the workbench pays for reading and making; that is in favour of encoding/json. Made: the
// workbench's deriver makes them, reading the documents once more; that costs encoding/json the workbench's reading on top of its own.
package plain
