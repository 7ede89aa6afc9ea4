// Package problem has what a reader sees when something went wrong: a page, or a notice where only a part of a page was asked for.
package problem

import "net/http"

// words say what a status means in the workbench and what to do next.
type words struct{ Title, Advice, Icon string }

func wordsOf(code int) words {
	switch code {
	case http.StatusBadRequest:
		return words{"This address cannot be read", "Go back to the list and try again from there.", "link"}
	case http.StatusForbidden:
		return words{"Not allowed", "If you need this for your work, ask whoever runs the workbench.", "lock"}
	case http.StatusNotFound:
		return words{"Not found", "It may have been moved or deleted, or the address is mistyped. Search for stories above.", "search"}
	case http.StatusMethodNotAllowed, http.StatusMisdirectedRequest:
		return words{"Not understood", "Start again from the list.", "link"}
	case http.StatusConflict:
		return words{"Changed meanwhile", "Nothing of yours was saved. Go back, reload, and decide with the newest state in sight.", "undo"}
	case http.StatusRequestEntityTooLarge:
		return words{"Too large", "Send less at once: shorten the text, or split it over several comments.", "warning"}
	case http.StatusUnprocessableEntity:
		return words{"Not complete yet", "Go back and mend what is named above. Nothing was changed.", "info"}
	case http.StatusTooManyRequests:
		return words{"Too many tries", "Wait a minute, then try again.", "clock"}
	case http.StatusServiceUnavailable:
		return words{"Not available right now", "The workbench is busy or starting. Reload the page in a moment; nothing is lost.", "clock"}
	case http.StatusInsufficientStorage:
		return words{"Nothing can be saved", "Whoever runs the workbench has to make room on its disk.", "warning"}
	}
	if code >= 500 {
		return words{"Something went wrong here", "Try again. If it stays, tell whoever runs the workbench the number below.", "warning"}
	}
	return words{"That did not work", "Go back and try again.", "warning"}
}
