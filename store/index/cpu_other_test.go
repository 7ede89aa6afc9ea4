//go:build !unix

package index_test

import "time"

func cpu() time.Duration { return 0 }
