// Package relational is the schema and the statements that SQLite and PostgreSQL have in common. Both are made to measure: values of facets
// are small numbers (their names are kept by the client, which costs the peers nothing), a row is one column, every named question has the
// index that it would wish for, and statements are prepared once.
package relational
