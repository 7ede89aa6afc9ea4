package textindex

// Ten digits give only a thousand sequences of three, which are in every block that has many long numbers. So in numbers of at least
// longNumber digits some sequences of six are looked for besides: of every window of them the one whose hash is least. A part of a number
// has windows of that number alone, so that what is looked for is among what was kept.
const (
	numberGram   = 6
	numberWindow = 6
	longNumber   = numberGram + numberWindow - 1
)

// numbers calls yield with the buckets of a text's long numbers. One may come more than once.
func numbers(text []byte, width int, yield func(bucket uint32)) {
	run := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i]-'0' <= 9 {
			run++
			continue
		}
		if run >= longNumber {
			leastOf(text[i-run:i], width, yield)
		}
		run = 0
	}
}

func leastOf(digits []byte, width int, yield func(bucket uint32)) {
	var window [numberWindow]uint32 // hashes by place
	least := -1                     // place of the least in the window
	last := -1                      // the one that was given last
	for i := 0; i+numberGram <= len(digits); i++ {
		n := uint32(0)
		for _, c := range digits[i : i+numberGram] {
			n = n*10 + uint32(c-'0')
		}
		window[i%numberWindow] = (n + 1) * 0x85EBCA6B
		if least < 0 || i-least >= numberWindow {
			least = max(0, i-numberWindow+1)
			for j := least; j <= i; j++ {
				if window[j%numberWindow] < window[least%numberWindow] {
					least = j
				}
			}
		} else if window[i%numberWindow] < window[least%numberWindow] {
			least = i
		}
		if i >= numberWindow-1 && least != last {
			last = least
			yield(window[least%numberWindow] * 0x9E3779B1 >> (32 - width))
		}
	}
}
