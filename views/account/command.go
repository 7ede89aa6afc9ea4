package account

import "workbench"

// signInCommand is what makes a new sign-in link.
func signInCommand() workbench.Untrusted { return workbench.Text("workbench account link") }
