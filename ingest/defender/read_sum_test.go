package defender_test

import "crypto/sha256"

func sum(text string) [sha256.Size]byte { return sha256.Sum256([]byte(text)) }
