
stop() {
  printf '%s\n' "$1" >&2
  exit 1
}

consent=no
case "${1-}" in
'') ;;
--consent) consent=yes ;;
*) stop "Run it without anything, or with --consent." ;;
esac

# call asks Microsoft Graph: method, path, and what else az rest takes.
call() {
  local method=$1 path=$2
  shift 2
  az rest --resource "$graph" --method "$method" --url "$graph/v1.0/$path" "$@" | tr -d '\r'
}

if [ "$(az cloud show --query name --output tsv | tr -d '\r')" != "$cloud" ]; then
  stop "Azure CLI is set to another cloud. Run: az cloud set --name $cloud; az login --allow-no-subscriptions"
fi
signed=$(az account show --query tenantId --output tsv | tr -d '\r') || stop "Nobody is signed in. Run: az login --allow-no-subscriptions --tenant YOUR-TENANT"
if [ -n "$tenant" ] && [ "$signed" != "$tenant" ]; then
  stop "You are signed in to the tenant $signed. Run: az login --allow-no-subscriptions --tenant $tenant"
fi
printf 'Tenant %s\n' "$signed"

# The application: what was made before is found by name and redirect address.
object=''
client=''
found=$(call get applications --url-parameters "\$filter=$named" --query "value[].[id, appId, join(' ', web.redirectUris)]" --output tsv)
while IFS=$'\t' read -r id app redirects; do
  case " $redirects " in
  *" $redirect "*)
    [ -z "$object" ] || stop "Two applications have this name and this redirect address: $object and $id. Delete one."
    object=$id
    client=$app
    ;;
  esac
done <<<"$found"

if [ -z "$object" ]; then
  made=$(call post applications --body "$application" --query '[[id, appId]]' --output tsv)
  IFS=$'\t' read -r object client <<<"$made"
  [ -n "$object" ] && [ -n "$client" ] || stop "Microsoft did not say which application it made. Look into App registrations, and run this again."
  printf 'Made the application.\n'
else
  call patch "applications/$object" --body "$changes" --output none
  printf 'The application was there; its permissions are set again.\n'
  if [ -n "$keys" ]; then
    held=$(call get "applications/$object" --url-parameters '$select=keyCredentials' --query "length(keyCredentials[?customKeyIdentifier=='$thumbprint'])" --output tsv)
    if [ "$held" = 0 ]; then
      # Microsoft takes the whole list of keys: those that are there stay in it.
      all=$(call get "applications/$object" --url-parameters '$select=keyCredentials' --query "{keyCredentials: [keyCredentials, \`$keys\`][]}" --output json)
      call patch "applications/$object" --body "$all" --output none
      printf 'Added the certificate %s.\n' "$thumbprint"
    fi
  fi
fi

# The enterprise application. Right after an application was made, Microsoft may not know it everywhere yet.
principal=$(call get servicePrincipals --url-parameters "\$filter=appId eq '$client'" --query 'value[0].id' --output tsv)
tries=0
while [ -z "$principal" ]; do
  principal=$(call post servicePrincipals --body "{\"appId\":\"$client\"}" --query id --output tsv) || principal=''
  if [ -z "$principal" ]; then
    tries=$((tries + 1))
    [ "$tries" -lt 12 ] || stop "The application $client is made, its enterprise application is not. Run this again in some minutes."
    sleep 5
  fi
done

if [ "$consent" = yes ]; then
  resource=$(call get servicePrincipals --url-parameters "\$filter=appId eq '$graph_application'" --query 'value[0].id' --output tsv)
  given=$(call get "servicePrincipals/$principal/appRoleAssignments" --query 'value[].appRoleId' --output tsv)
  for role in $roles; do
    case " ${given//$'\n'/ } " in
    *" $role "*) continue ;;
    esac
    call post "servicePrincipals/$principal/appRoleAssignments" --body "{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}" --output none
  done
  grant=$(call get oauth2PermissionGrants --url-parameters "\$filter=clientId eq '$principal'" --query "value[?resourceId=='$resource' && consentType=='AllPrincipals'] | [0].id" --output tsv)
  if [ -z "$grant" ]; then
    call post oauth2PermissionGrants --body "{\"clientId\":\"$principal\",\"consentType\":\"AllPrincipals\",\"resourceId\":\"$resource\",\"scope\":\"$scopes\"}" --output none
  else
    call patch "oauth2PermissionGrants/$grant" --body "{\"scope\":\"$scopes\"}" --output none
  fi
  printf 'Granted consent for this tenant.\n'
fi

cat <<END

Paste into the workbench:
  Directory (tenant) ID:    $signed
  Application (client) ID:  $client
  Object ID:                $object
END
