// Package textindex finds stories by what stands inside them: command lines, hashes, addresses, paths, subjects. It implements store.Texts
// with a folder of files, is fed by the change feed, holds no facts, and can be thrown away at any time and filled again.
//
// The folder holds a manifest, a lock, and segments. A segment is a file that never changes:
//
//	texts    folded, each distinct text once, in byte order, in compressed blocks of some kilobytes; texts that are nothing but
//	         hexadecimal digits (hashes) are in blocks of their own, two digits a byte; beside each block, for each of its texts,
//	         the stories that have it
//	grams    for every sequence of three bytes, hashed to one of up to 262,144 buckets, the blocks in which it occurs (see grams.go), and
//	         the same for some longer sequences of digits (numbers.go)
//	common   the letters and digits that very many texts have in one piece, such as powershell, with their blocks and stories (frequent.go)
//	stories  which ordinals the stories of this segment have, a fingerprint of each story's texts, the ids of the ordinals that were
//	         given out with this segment, and the ordinals whose stories are no more
//
// A story keeps its ordinal when it changes; its texts are then in a newer segment, and the ordinal's owner says which segment counts.
// What is newer than the newest segment is in memory and is looked at whole; after a crash it is read from the feed again.
//
// A word is looked for in the blocks that have all its sequences of three bytes, and the texts of these blocks are compared, so that an
// answer is exact. A word that is too common to be compared with everything in time is refused, never answered in part.
//
// Everything that is read from a file was checked with a CRC just then; what does not agree makes the whole index begin anew.
package textindex
