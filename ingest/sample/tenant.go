package sample

import "workbench"

// tenant is an invented customer.
type tenant struct{ id, name, domain, ntDomain string }

func contoso() tenant {
	return tenant{"3f9a6d52-71c4-4b0e-8a27-5d1e90b6c3f4", "Contoso Manufacturing", "contoso.example", "CONTOSO"}
}

func fabrikam() tenant {
	return tenant{"a41c07e9-2b58-4d93-b6f0-8e7352d1490a", "Fabrikam Health", "fabrikam.example", "FABRIKAM"}
}

func northwind() tenant {
	return tenant{"c8e25b1f-94d7-46a3-9e08-17f6ab3d5c62", "Northwind Logistics", "northwind.example", "NWIND"}
}

// Tenants returns the tenants of the samples with the names that a workbench shows for them, in order of names. The caller owns the list.
func Tenants() []workbench.Tenant {
	var list []workbench.Tenant
	for _, t := range []tenant{contoso(), fabrikam(), northwind()} {
		list = append(list, workbench.Tenant{ID: workbench.TenantID(t.id), Name: workbench.Text(t.name)})
	}
	return list
}
