package handlers_test

import (
	"context"
	"net/url"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
)

// What the fake of package connect says of clouds, consent links and shared apps: enough for pages, which are tried against the real one.

func (f *connections) Clouds() []entra.Cloud {
	return []entra.Cloud{{Name: "global"}, {Name: "usgov"}}
}

func (f *connections) MakeConsentLink(_ context.Context, by connect.By, id workbench.ConnectorID) (workbench.ConsentLink, string, error) {
	l := workbench.ConsentLink{ID: "link1", Connector: id, Name: by.Account.Name, MadeAt: workbench.At(noon), Expires: workbench.At(noon.Add(workbench.ConsentLifetime))}
	return l, "the-secret", f.did(by, "link", id)
}

func (f *connections) WithdrawConsentLink(_ context.Context, by connect.By, id workbench.ConnectorID, link string) error {
	return f.did(by, "withdraw "+link, id)
}

func (f *connections) ConsentLinks(context.Context, connect.By, workbench.ConnectorID) ([]workbench.ConsentLink, error) {
	return nil, nil
}

func (f *connections) Confirm(_ context.Context, by connect.By, id workbench.ConnectorID) error {
	return f.did(by, "confirm", id)
}

func (f *connections) Refuse(_ context.Context, by connect.By, id workbench.ConnectorID) error {
	return f.did(by, "refuse", id)
}

func (f *connections) ReplaceCertificate(_ context.Context, by connect.By, id workbench.ConnectorID) error {
	return f.did(by, "replace", id)
}

func (f *connections) Remaining(ctx context.Context, by connect.By, id workbench.ConnectorID) (connect.Remains, error) {
	st, err := f.State(ctx, by.Account.Scope(), id)
	return connect.Remains{Tenant: st.Tenant, ClientID: st.Registration.ClientID, Home: true}, err
}

func (f *connections) Invited(context.Context, string) (connect.Invitation, error) {
	return connect.Invitation{}, workbench.ErrNotFound
}

func (f *connections) Follow(_ context.Context, secret, browser string) (connect.Departure, error) {
	if f.followed && secret == "the-secret" && browser != "" {
		return connect.Departure{Flow: "flow"}, nil
	}
	return connect.Departure{}, workbench.ErrNotFound
}

func (f *connections) FollowOn(context.Context, string, string) (connect.Departure, error) {
	return connect.Departure{}, workbench.ErrNotFound
}

func (f *connections) ByLink(context.Context, string, url.Values) bool { return false }

func (f *connections) ArriveByLink(context.Context, string, url.Values) (connect.LinkArrival, error) {
	return connect.LinkArrival{}, workbench.ErrNotFound
}

func (f *connections) SharedApps(context.Context, connect.By) ([]connect.SharedState, error) {
	return nil, nil
}

func (f *connections) SharedApp(context.Context, connect.By, workbench.RegistrationID) (connect.SharedState, error) {
	return connect.SharedState{}, workbench.ErrNotFound
}

func (f *connections) AddShared(_ context.Context, by connect.By, form connect.Shared) (workbench.Registration, error) {
	return workbench.Registration{ID: "shared1"}, f.did(by, "add shared", form.Name)
}

func (f *connections) EditShared(_ context.Context, by connect.By, id workbench.RegistrationID, _ connect.Shared) error {
	return f.did(by, "edit shared", id)
}

func (f *connections) DeleteShared(_ context.Context, by connect.By, id workbench.RegistrationID) error {
	return f.did(by, "delete shared", id)
}

func (f *connections) SetSharedCredential(_ context.Context, by connect.By, id workbench.RegistrationID, c connect.CredentialChoice) error {
	return f.did(by, "credential of shared "+c.Kind, id)
}

func (f *connections) TestShared(_ context.Context, by connect.By, id workbench.RegistrationID) (connect.SharedState, error) {
	return connect.SharedState{}, f.did(by, "test shared", id)
}
