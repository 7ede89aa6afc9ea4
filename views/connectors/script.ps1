
$connection = @{ Environment = $environment; Scopes = @('Application.ReadWrite.All'); ContextScope = 'Process'; NoWelcome = $true }
if ($Consent) { $connection.Scopes += @('AppRoleAssignment.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All') }
if ($tenant) { $connection.TenantId = $tenant }
Connect-MgGraph @connection
$signed = (Get-MgContext).TenantId
if ($tenant -and $signed -ne $tenant) { throw "You are signed in to the tenant $signed, and this is for $tenant." }
Write-Host "Tenant $signed"

# The application: what was made before is found by name and redirect address.
$access = @(@{
    ResourceAppId  = $graphApplication
    ResourceAccess = @($roles | ForEach-Object { @{ Id = $_; Type = 'Role' } }) + @($scopes | ForEach-Object { @{ Id = $_; Type = 'Scope' } })
  })
$key = $null
if ($certificate) { $key = @{ Type = 'AsymmetricX509Cert'; Usage = 'Verify'; Key = [Convert]::FromBase64String($certificate) } }
$found = @(Get-MgApplication -All -Filter $named | Where-Object { $_.Web.RedirectUris -ccontains $redirect })
if ($found.Count -gt 1) { throw "Two applications have this name and this redirect address: $($found[0].Id) and $($found[1].Id). Delete one." }
if ($found.Count -eq 0) {
  $body = @{ DisplayName = $name; SignInAudience = $audience; Web = @{ RedirectUris = @($redirect) }; RequiredResourceAccess = $access }
  if ($key) { $body.KeyCredentials = @($key) }
  $application = New-MgApplication -BodyParameter $body
  Write-Host 'Made the application.'
}
else {
  $application = $found[0]
  Update-MgApplication -ApplicationId $application.Id -SignInAudience $audience -RequiredResourceAccess $access
  Write-Host 'The application was there; its permissions are set again.'
  if ($key) {
    # Microsoft takes the whole list of keys: those that are there stay in it.
    $held = @((Get-MgApplication -ApplicationId $application.Id -Property keyCredentials).KeyCredentials | Where-Object { $_ })
    if (-not ($held | Where-Object { $_.Key -and [Convert]::ToBase64String($_.Key) -ceq $certificate })) {
      Update-MgApplication -ApplicationId $application.Id -KeyCredentials ($held + $key)
      Write-Host 'Added the certificate.'
    }
  }
}

# The enterprise application. Right after an application was made, Microsoft may not know it everywhere yet.
$principal = Get-MgServicePrincipal -Filter "appId eq '$($application.AppId)'"
for ($tries = 1; -not $principal; $tries++) {
  try { $principal = New-MgServicePrincipal -AppId $application.AppId }
  catch {
    if ($tries -ge 12) { throw }
    Start-Sleep -Seconds 5
  }
}

if ($Consent) {
  $graph = Get-MgServicePrincipal -Filter "appId eq '$graphApplication'"
  $given = @(Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $principal.Id -All | ForEach-Object { $_.AppRoleId })
  foreach ($role in $roles) {
    if ($given -notcontains $role) {
      New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $principal.Id -PrincipalId $principal.Id -ResourceId $graph.Id -AppRoleId $role | Out-Null
    }
  }
  $scope = $scopeNames -join ' '
  $grant = @(Get-MgOauth2PermissionGrant -All -Filter "clientId eq '$($principal.Id)'" | Where-Object { $_.ResourceId -eq $graph.Id -and $_.ConsentType -eq 'AllPrincipals' })
  if ($grant.Count -eq 0) {
    New-MgOauth2PermissionGrant -BodyParameter @{ ClientId = $principal.Id; ConsentType = 'AllPrincipals'; ResourceId = $graph.Id; Scope = $scope } | Out-Null
  }
  else { Update-MgOauth2PermissionGrant -OAuth2PermissionGrantId $grant[0].Id -BodyParameter @{ Scope = $scope } }
  Write-Host 'Granted consent for this tenant.'
}

Write-Host ''
Write-Host 'Paste into the workbench:'
Write-Host "  Directory (tenant) ID:    $signed"
Write-Host "  Application (client) ID:  $($application.AppId)"
Write-Host "  Object ID:                $($application.Id)"
